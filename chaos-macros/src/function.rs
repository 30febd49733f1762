//! The function under the attribute: its signature parsed, its body left as raw tokens, so that
//! the body's own mistakes are reported by the compiler as if the attribute were not there.

use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use quote::{ToTokens as _, quote, quote_spanned};
use syn::parse::{Parse, ParseStream, Parser as _};
use syn::{
    Attribute, FnArg, Ident, Pat, Receiver, ReceiverKind, ReturnType, Signature, Token, Type,
    Visibility,
};

use crate::arguments;

/// A function, method or associated function with a body.
pub(crate) struct Function {
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) vis: Visibility,
    pub(crate) sig: Signature,
    pub(crate) body: Group,
}

impl Function {
    pub(crate) fn parse(item: TokenStream) -> syn::Result<Self> {
        let function: Self = (|input: ParseStream<'_>| input.parse()).parse2(item)?;
        if let Some(constness) = function.sig.constness {
            return Err(syn::Error::new_spanned(
                constness,
                "#[inject_chaos] cannot reach a `const fn`, which may run in the compiler; \
                 remove `const`, or put the attribute on the function that calls it",
            ));
        }
        Ok(function)
    }
}

impl Function {
    /// Whether an `async fn` may become the plain function that returns its future, which saves a
    /// move of the arguments. Attributes below may look for the `async fn`, so only those that
    /// are known not to are let through.
    pub(crate) fn can_be_lowered(&self) -> bool {
        let never =
            matches!(&self.sig.output, ReturnType::Type(_, ty) if matches!(**ty, Type::Never(_)));
        !never && self.has_all_arguments() && self.attrs.iter().all(is_inert)
    }

    /// Makes the plain function of it.
    pub(crate) fn lower(&mut self) {
        self.sig.asyncness = None;
        let output = match &self.sig.output {
            ReturnType::Default => quote!(()),
            ReturnType::Type(_, ty) => ty.to_token_stream(),
        };
        // Of the edition of this crate, in which it captures what an `async fn` does.
        let future =
            quote_spanned!(Span::mixed_site()=> impl ::std::future::Future<Output = #output>);
        self.sig.output = syn::parse_quote!(-> #future);
    }

    /// Whether the body can be run twice with clones of the arguments: it does not own `self`.
    pub(crate) fn can_be_called_twice(&self) -> bool {
        let shared = |receiver: &Receiver| match &receiver.kind {
            ReceiverKind::Reference(_, _, mutability) => mutability.is_none(),
            ReceiverKind::Typed(_, ty) => {
                matches!(&**ty, Type::Reference(reference) if reference.mutability.is_none())
            }
            _ => false,
        };
        self.has_all_arguments() && self.sig.receiver().is_none_or(shared)
    }

    /// Names a `self` that is owned, so that a body that does not name it keeps it all the same.
    pub(crate) fn hold_self(&self) -> TokenStream {
        match self.sig.receiver() {
            Some(receiver) if !matches!(receiver.kind, ReceiverKind::Reference(..)) => {
                let this = &receiver.self_token;
                quote_spanned!(Span::mixed_site()=> let _ = &#this;)
            }
            _ => TokenStream::new(),
        }
    }

    fn has_all_arguments(&self) -> bool {
        !self.sig.inputs.iter().any(
            |input| matches!(input, FnArg::Typed(argument) if arguments::is_conditional(argument)),
        )
    }
}

/// Whether an attribute leaves the function as it is.
fn is_inert(attribute: &Attribute) -> bool {
    let path = attribute.path();
    let is_tool = ["clippy", "rustfmt", "diagnostic"].iter().any(|tool| {
        path.segments
            .first()
            .is_some_and(|first| first.ident == tool)
    });
    is_tool
        || [
            "allow",
            "cfg",
            "cold",
            "deny",
            "deprecated",
            "doc",
            "expect",
            "forbid",
            "inline",
            "warn",
        ]
        .iter()
        .any(|name| path.is_ident(name))
}

impl Parse for Function {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let attrs = input.call(Attribute::parse_outer)?;
        let vis: Visibility = input.parse()?;
        // `default fn` in a specialising impl is somebody's nightly; everything else starts here.
        let starts_function = input.peek(Token![fn])
            || input.peek(Token![const]) && !input.peek2(Ident) && !input.peek2(Token![_])
            || input.peek(Token![async])
            || input.peek(Token![unsafe])
                && !input.peek2(Token![impl])
                && !input.peek2(Token![trait])
            || input.peek(Token![extern]) && !input.peek2(Token![crate]);
        if !starts_function {
            return Err(input.error(
                "#[inject_chaos] goes on a function or a method; \
                 put it on each `fn` that chaos shall reach",
            ));
        }
        let sig: Signature = input.parse()?;
        let body = body(input, &sig)?;
        Ok(Self {
            attrs,
            vis,
            sig,
            body,
        })
    }
}

fn body(input: ParseStream<'_>, sig: &Signature) -> syn::Result<Group> {
    match input.parse::<TokenTree>() {
        Ok(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => Ok(group),
        _ => Err(syn::Error::new(
            sig.ident.span(),
            "#[inject_chaos] needs a function with a body; \
             put it on the method in the `impl`, not on its declaration",
        )),
    }
}

/// The name that a plain argument binds (`event`, `mut event`), if it binds just one and means
/// it to be used: lints watch who uses `_event`.
pub(crate) fn plain_name(pattern: &Pat) -> Option<&Ident> {
    match pattern {
        Pat::Ident(name) if name.subpat.is_none() && name.by_ref.is_none() => {
            Some(&name.ident).filter(|name| !name.to_string().starts_with('_'))
        }
        _ => None,
    }
}
