//! From the function as written to the function with chaos at its entrance.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::ext::IdentExt as _;
use syn::spanned::Spanned as _;
use syn::{Ident, ReturnType, Type};

use crate::args::Args;
use crate::arguments::{self, Arguments};
use crate::function::Function;
use crate::returns::{self, Opaque, Shape};

/// `quote!` whose own names meet none of the user's.
macro_rules! mixed {
    ($($tokens:tt)*) => { quote_spanned!(Span::mixed_site()=> $($tokens)*) };
}

/// What the parts of the expansion need to know.
struct Expansion<'a> {
    /// `::chaos_core::__private`
    private: TokenStream,
    args: &'a Args,
    output: ReturnType,
    opaque: Opaque,
    /// Binds the arguments to the patterns that the user wrote, inside the body.
    rebind: TokenStream,
    /// The arguments that may be the event.
    names: Vec<Ident>,
    body: TokenStream,
}

pub(crate) fn expand(args: &Args, mut function: Function) -> TokenStream {
    let krate = args
        .krate
        .as_ref()
        .map_or_else(|| mixed!(::chaos_core), ToTokens::to_token_stream);
    if let Some(later) = let_instrument_go_first(args, &krate, &mut function) {
        return later;
    }
    let shape = if function.sig.asyncness.is_some() {
        Shape::Direct
    } else {
        returns::shape(&function.sig.output)
    };
    let Arguments { names, rebind } = if args.point.is_none() {
        arguments::take(&mut function)
    } else {
        Arguments::default()
    };
    let expansion = Expansion {
        private: mixed!(#krate::__private),
        args,
        output: function.sig.output.clone(),
        opaque: returns::opaque(&function.sig.output),
        rebind,
        names,
        body: function.body.stream(),
    };
    let body = match shape {
        Shape::Direct if function.sig.asyncness.is_some() => expansion.async_fn(),
        Shape::Direct => expansion.sync_fn(),
        Shape::Future => expansion.future_fn(),
        Shape::BoxedFuture => expansion.boxed_future_fn(),
    };
    let Function {
        attrs, vis, sig, ..
    } = &function;
    let body = quote_spanned!(function.body.span()=> { #body });
    quote!(#(#attrs)* #vis #sig #body)
}

/// A destructured argument, or `_event`, has no name to look at it by, so it gets one, and an
/// `#[instrument]` below would record and skip by the wrong names: it then goes first.
fn let_instrument_go_first(
    args: &Args,
    krate: &TokenStream,
    function: &mut Function,
) -> Option<TokenStream> {
    let instrumented = function.attrs.iter().any(|attribute| {
        let last = attribute.path().segments.last();
        last.is_some_and(|segment| segment.ident == "instrument")
    });
    if !(instrumented && args.point.is_none() && arguments::any_nameless(function)) {
        return None;
    }
    let arguments = args.tokens();
    let Function {
        attrs,
        vis,
        sig,
        body,
    } = function;
    Some(mixed!(#(#attrs)* #[#krate::inject_chaos(#arguments)] #vis #sig #body))
}

impl Expansion<'_> {
    /// `async fn`: the body as it was written, in a future that has chaos round it.
    fn async_fn(&self) -> TokenStream {
        let Self { rebind, body, .. } = self;
        let fake_return = self.fake_return();
        let future = self.future(&mixed!(async move { #fake_return #rebind #body }));
        mixed!({ #future }.await)
    }

    /// A plain function: the body in a closure, blocking for a delay.
    fn sync_fn(&self) -> TokenStream {
        let Self {
            private,
            rebind,
            body,
            ..
        } = self;
        let begin = self.begin();
        let carrier = self.carrier(&mixed!(#private::Returns::of_call(&__chaos_body)));
        let closure = if let Some(ty) = self.annotation() {
            mixed!(move || -> #ty { #rebind #body })
        } else {
            let fake_return = self.fake_return();
            mixed!(move || { #fake_return #rebind #body })
        };
        mixed! {
            let __chaos_beginning = #begin;
            let __chaos_body = #private::once(#closure);
            #carrier
            #private::run_blocking(__chaos_beginning, __chaos_body, &__chaos_carrier)
        }
    }

    /// A plain function that returns `impl Future`: its own code runs when it is called, chaos
    /// when the future is first polled.
    fn future_fn(&self) -> TokenStream {
        let Self {
            private,
            rebind,
            body,
            ..
        } = self;
        let output = returns::value_type(&self.output)
            .map_or_else(|| syn::parse_quote!(_), |ty| returns::erased_type(&ty));
        let call = mixed!(#private::once(move || { #rebind #body })());
        self.future(&mixed!(#private::expect_future::<#output, _>(#call)))
    }

    /// The same for `Pin<Box<dyn Future>>`, which is what `#[async_trait]` makes of a method.
    fn boxed_future_fn(&self) -> TokenStream {
        let Self {
            private,
            rebind,
            body,
            ..
        } = self;
        let ty = returns::erased(&self.output);
        let future = self.future(&mixed!(#private::once(move || -> #ty { #rebind #body })()));
        mixed!(::std::boxed::Box::pin({ #future }))
    }

    /// A future with chaos round it.
    fn future(&self, body: &TokenStream) -> TokenStream {
        let Self { private, .. } = self;
        let begin = self.begin();
        let carrier = self.carrier(&mixed!(#private::Returns::of_future(&__chaos_body)));
        mixed! {
            let __chaos_beginning = #begin;
            let __chaos_body = #body;
            #carrier
            #private::ChaosFuture::new(__chaos_beginning, __chaos_body, __chaos_carrier)
        }
    }

    /// Takes what is wanted of the arguments, before the body owns them.
    fn begin(&self) -> TokenStream {
        let Self { private, .. } = self;
        let labels = self.labels();
        if let Some(point) = &self.args.point {
            return mixed!(#private::begin_point(#point, #labels));
        }
        let look = self.look();
        mixed!(#private::begin(#labels, #look))
    }

    /// Labels are evaluated only when a flag concerns the point.
    fn labels(&self) -> TokenStream {
        let Self { private, args, .. } = self;
        let labels = args.labels.iter().flatten().map(|label| {
            let (name, value) = (label.name.unraw().to_string(), &label.value);
            quote_spanned!(located(value.span())=> (#name, #private::label(&(#value))))
        });
        mixed!(|| ::std::vec![#(#labels),*])
    }

    /// Asks the compiler what the arguments' types can show: the first that is an event is it.
    fn look(&self) -> TokenStream {
        let Self { private, names, .. } = self;
        if names.is_empty() {
            return mixed!(|_| #private::Seen::nothing());
        }
        mixed! {
            |__chaos_wants_event| {
                use #private::look::*;
                #private::Seen::nothing()
                    #(.or(|| (&&&&#private::look::Look(&#names)).seen(__chaos_wants_event)))*
            }
        }
    }

    /// Asks the compiler what the return type can carry.
    fn carrier(&self, returns: &TokenStream) -> TokenStream {
        let Self { private, args, .. } = self;
        let errors = if let Some(path) = &args.error {
            quote_spanned!(located(path.span())=> __chaos_returns.errors_by(#path))
        } else {
            // At the return type, which is where the error type stands.
            quote_spanned!(self.output_span()=> __chaos_returns.errors())
        };
        let replies = match self.opaque {
            // Method resolution knows no lifetimes, and would take `&str` for deserializable.
            Opaque::No if returns::borrows(&self.output) => {
                mixed!(__chaos_returns.value().borrowed_replies())
            }
            Opaque::No => mixed!((&&&&__chaos_returns.value()).replies()),
            Opaque::IntoResponse => mixed!((&&&&__chaos_returns.value()).opaque_replies()),
            Opaque::Serialize => mixed!((&&__chaos_returns.value()).serialized_replies()),
        };
        mixed! {
            let __chaos_carrier = {
                use #private::returns::*;
                let __chaos_returns = (&&#returns).split();
                let __chaos_errors = #errors;
                let __chaos_replies = #replies;
                __chaos_returns.carrier(__chaos_errors, __chaos_replies)
            };
        }
    }

    /// Tells inference the return type before it reads the body, as `tracing` does.
    fn fake_return(&self) -> TokenStream {
        let ty = returns::erased(&self.output);
        quote_spanned! {self.output_span()=>
            #[allow(
                unknown_lints,
                unreachable_code,
                clippy::diverging_sub_expression,
                clippy::empty_loop,
                clippy::let_unit_value,
                clippy::let_with_type_underscore,
                clippy::needless_return,
                clippy::unreachable
            )]
            if false {
                let __chaos_fake_return: #ty = loop {};
                return __chaos_fake_return;
            }
        }
    }

    /// The return type as a closure may state it; an `impl Trait` may not be stated.
    fn annotation(&self) -> Option<Type> {
        returns::impl_traits(&self.output)
            .is_empty()
            .then(|| returns::erased(&self.output))
    }

    fn output_span(&self) -> Span {
        match &self.output {
            ReturnType::Default => Span::mixed_site(),
            ReturnType::Type(_, ty) => located(ty.span()),
        }
    }
}

/// Points an error at what the user wrote, without mixing its names with ours.
fn located(span: Span) -> Span {
    span.resolved_at(Span::mixed_site())
}
