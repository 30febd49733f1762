//! A handler's arguments: each is looked at for the event, and bound as the user wrote it.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::quote_spanned;
use syn::{FnArg, Ident, Pat, PatType};

use crate::function::{Function, plain_name};

/// The arguments that may be the event, by name, and the `let`s that bind the user's patterns
/// inside the body.
#[derive(Default)]
pub(crate) struct Arguments {
    pub(crate) names: Vec<Ident>,
    pub(crate) rebind: TokenStream,
}

/// Gives every argument a name to look at it by. Where that is not the user's own, the user's
/// pattern is bound in the body, so that `unused` lints still fire at what the user wrote.
pub(crate) fn take(function: &mut Function) -> Arguments {
    let body = function.body.stream();
    let mut taken = Arguments::default();
    for (position, input) in function.sig.inputs.iter_mut().enumerate() {
        let FnArg::Typed(argument) = input else {
            continue;
        };
        // It may not be there by the time the compiler looks.
        if argument
            .attrs
            .iter()
            .any(|attr| attr.path().is_ident("cfg"))
        {
            continue;
        }
        let name = rename(argument, position, &body, &mut taken.rebind);
        taken.names.push(name);
    }
    taken
}

/// Whether an argument has no name of the user's to look at it by: destructured, or `_event`.
pub(crate) fn any_nameless(function: &Function) -> bool {
    function.sig.inputs.iter().any(|input| match input {
        FnArg::Typed(argument) => plain_name(&argument.pat).is_none(),
        FnArg::Receiver(_) => false,
    })
}

fn rename(
    argument: &mut PatType,
    position: usize,
    body: &TokenStream,
    rebind: &mut TokenStream,
) -> Ident {
    let pattern = (*argument.pat).clone();
    let plain = plain_name(&pattern).map(unlinted);
    if let Some(name) = &plain
        && names(body, name)
    {
        // It is used, so no lint misses it, and one move less is made.
        return name.clone();
    }
    let name = match &plain {
        Some(name) => name.clone(),
        None => Ident::new(&format!("__chaos_argument_{position}"), Span::mixed_site()),
    };
    *argument.pat = match &pattern {
        Pat::Ident(written) if plain.is_some() => {
            let mut unmuted = written.clone();
            unmuted.mutability = None;
            Pat::Ident(unmuted)
        }
        _ => syn::parse_quote!(#name),
    };
    let attributes = &argument.attrs;
    rebind.extend(quote_spanned! {Span::mixed_site()=>
        #[allow(clippy::no_effect_underscore_binding)]
        #(#attributes)*
        let #pattern = #name;
    });
    name
}

/// Resolved where the user wrote it, located where no lint looks.
fn unlinted(name: &Ident) -> Ident {
    let mut name = name.clone();
    name.set_span(Span::mixed_site().resolved_at(name.span()));
    name
}

/// Whether the tokens name it as a value, be it inside a format string.
fn names(tokens: &TokenStream, name: &Ident) -> bool {
    let tokens: Vec<TokenTree> = tokens.clone().into_iter().collect();
    let inlined = format!("{{{name}");
    tokens.iter().enumerate().any(|(at, token)| match token {
        TokenTree::Ident(ident) => ident == name && is_value(&tokens, at),
        TokenTree::Group(group) => names(&group.stream(), name),
        TokenTree::Literal(literal) => literal.to_string().contains(&inlined),
        TokenTree::Punct(_) => false,
    })
}

/// Whether an identifier is neither a field (`.event`), nor a field's name (`event: 1`), nor part
/// of a path (`event::x`), nor a macro (`event!`).
fn is_value(tokens: &[TokenTree], at: usize) -> bool {
    let punct = |at: Option<usize>| match at.and_then(|at| tokens.get(at)) {
        Some(TokenTree::Punct(punct)) => punct.as_char(),
        _ => ' ',
    };
    let before = (punct(at.checked_sub(2)), punct(at.checked_sub(1)));
    let after = (punct(Some(at + 1)), punct(Some(at + 2)));
    let field = before.1 == '.' && before.0 != '.';
    let in_path = before == (':', ':') || after == (':', ':');
    let macro_name = after.0 == '!' && after.1 != '=';
    let field_name = after.0 == ':' && after.1 != ':';
    !(field || in_path || macro_name || field_name)
}
