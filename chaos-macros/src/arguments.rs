//! A function's arguments: each is looked at for the event, and bound as the user wrote it.

use proc_macro2::{Span, TokenStream};
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

/// Gives every argument a name to look at it by. The user's pattern is bound in the body, so that
/// `unused` lints still fire at what the user wrote, and so that the body owns the whole of each
/// argument until its end, as an `async fn` does.
pub(crate) fn take(function: &mut Function) -> Arguments {
    let mut taken = Arguments::default();
    for (position, input) in function.sig.inputs.iter_mut().enumerate() {
        match input {
            // It may not be there by the time the compiler looks.
            FnArg::Typed(argument) if !is_conditional(argument) => {
                let name = rename(argument, position, &mut taken.rebind);
                taken.names.push(name);
            }
            _ => {}
        }
    }
    taken
}

/// Whether an argument is there only under a `cfg`.
pub(crate) fn is_conditional(argument: &PatType) -> bool {
    argument
        .attrs
        .iter()
        .any(|attribute| attribute.path().is_ident("cfg"))
}

/// Whether an argument has no name of the user's to look at it by: destructured, or `_event`.
pub(crate) fn any_nameless(function: &Function) -> bool {
    function.sig.inputs.iter().any(|input| match input {
        FnArg::Typed(argument) => plain_name(&argument.pat).is_none(),
        FnArg::Receiver(_) => false,
    })
}

fn rename(argument: &mut PatType, position: usize, rebind: &mut TokenStream) -> Ident {
    let pattern = (*argument.pat).clone();
    let attributes = &argument.attrs;
    let plain = plain_name(&pattern).map(unlinted);
    let whole = plain.is_none().then(|| {
        // `_` binds nothing, so the argument has to be brought along by its name.
        let name = nameless(position);
        quote_spanned!(Span::mixed_site()=> let #name = #name;)
    });
    let name = plain.clone().unwrap_or_else(|| nameless(position));
    rebind.extend(quote_spanned! {Span::mixed_site()=>
        #whole
        #[allow(clippy::no_effect_underscore_binding)]
        #(#attributes)*
        let #pattern = #name;
    });
    *argument.pat = match pattern {
        Pat::Ident(mut written) if plain.is_some() => {
            written.mutability = None;
            Pat::Ident(written)
        }
        _ => syn::parse_quote!(#name),
    };
    name
}

fn nameless(position: usize) -> Ident {
    Ident::new(&format!("__chaos_argument_{position}"), Span::mixed_site())
}

/// Resolved where the user wrote it, located where no lint looks.
fn unlinted(name: &Ident) -> Ident {
    let mut name = name.clone();
    name.set_span(Span::mixed_site().resolved_at(name.span()));
    name
}
