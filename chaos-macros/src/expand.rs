//! From the function as written to the function with chaos at its entrance.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::ext::IdentExt as _;
use syn::spanned::Spanned as _;
use syn::{Ident, ReturnType, Type};

use crate::args::Args;
use crate::arguments::{self, Arguments};
use crate::function::Function;
use crate::lazy;
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
    /// The arguments; one of them may be the event.
    names: Vec<Ident>,
    /// Keeps a `self` that is owned until the body's end.
    hold_self: TokenStream,
    /// Whether the body may be run twice, by the mode `duplicate`.
    repeatable: bool,
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
    let is_async = function.sig.asyncness.is_some();
    let by_pattern = args.point.is_some() && args.labels.is_some();
    // A point's labels may speak of what its patterns bind.
    let stay_as_written = by_pattern && arguments::any_nameless(&function);
    let lowered = is_async && !stay_as_written && function.can_be_lowered();
    let repeatable = args.point.is_none() && function.can_be_called_twice();
    let Arguments { names, rebind } = if stay_as_written {
        Arguments::default()
    } else {
        arguments::take(&mut function)
    };
    let expansion = Expansion {
        private: mixed!(#krate::__private),
        args,
        output: function.sig.output.clone(),
        opaque: returns::opaque(&function.sig.output),
        hold_self: function.hold_self(),
        rebind,
        names,
        repeatable,
        body: function.body.stream(),
    };
    let body = match returns::shape(&function.sig.output) {
        _ if lowered => {
            function.lower();
            expansion.future()
        }
        _ if is_async => {
            let future = expansion.future();
            mixed!({ #future }.await)
        }
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
    /// The body as it was written, in a future that has chaos round it.
    fn future(&self) -> TokenStream {
        let Self {
            hold_self,
            rebind,
            body,
            ..
        } = self;
        let fake_return = self.fake_return();
        self.made(&mixed!(async move { #fake_return #hold_self #rebind #body }))
    }

    /// A future that is made by this expression, and does nothing before it is polled, with chaos
    /// round it.
    fn made(&self, body: &TokenStream) -> TokenStream {
        let Self { private, .. } = self;
        let (begin, carrier, arguments) = (self.begin(), self.carrier(), self.tuple());
        // Labels may speak of a `self` that the body then owns.
        let (early, begin) = if self.hold_self.is_empty() {
            (TokenStream::new(), begin)
        } else {
            let early = mixed!(let __chaos_beginning = #begin;);
            (early, mixed!(__chaos_beginning))
        };
        let (kind_of_body, armed) = if self.repeatable {
            let again = self.again(&mixed!(::std::option::Option::Some(&*__chaos_beginning)));
            let armed = mixed!(repeatable(#again, __chaos_beginning, &__chaos_body));
            (mixed!(repeatable), armed)
        } else {
            (mixed!(once), mixed!(once(__chaos_beginning)))
        };
        // All that branches comes before the future is made: it is then made in its place, and not
        // made elsewhere and moved, which costs more than all the rest of an idle call.
        mixed! {
            #early
            let __chaos_kind = #private::Kind::unknown();
            #[allow(unreachable_code, clippy::diverging_sub_expression, clippy::empty_loop)]
            if false {
                // Tells inference what the body takes, before it reads the body.
                __chaos_kind.is_that_of(#arguments);
                loop {}
            }
            let __chaos_body = __chaos_kind.#kind_of_body(move |#arguments| #body);
            let __chaos_carrier = #private::carrier_of(&__chaos_body, #carrier);
            let __chaos_rounds = match #begin {
                ::std::option::Option::None => #private::Rounds::none(),
                ::std::option::Option::Some(__chaos_beginning) => #private::Rounds::#armed,
            };
            #private::ChaosFuture::new(__chaos_rounds, __chaos_body(#arguments), __chaos_carrier)
        }
    }

    /// A plain function: the body in a closure, blocking for a delay.
    fn sync_fn(&self) -> TokenStream {
        let Self {
            private,
            rebind,
            body,
            ..
        } = self;
        let (begin, carrier) = (self.begin(), self.carrier());
        let (returns, body) = if let Some(ty) = self.annotation() {
            (mixed!(-> #ty), mixed!({ #rebind #body }))
        } else {
            let fake_return = self.fake_return();
            (TokenStream::new(), mixed!({ #fake_return #rebind #body }))
        };
        if !self.repeatable {
            return mixed!(#private::run_blocking(#begin, move || #returns #body, #carrier));
        }
        let beginning = mixed!(::std::option::Option::as_deref(&__chaos_beginning));
        let (again, arguments) = (self.again(&beginning), self.tuple());
        mixed! {
            let __chaos_beginning = #begin;
            let __chaos_again = #again;
            #private::run_blocking_repeatable(
                __chaos_beginning,
                __chaos_again,
                #arguments,
                move |#arguments| #returns #body,
                #carrier,
            )
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
        if lazy::is_async_block(body) {
            return self.made(&mixed!({
                #rebind
                #private::expect_future::<#output, _>(#body)
            }));
        }
        let (begin, carrier) = (self.begin(), self.carrier());
        let call = mixed!(#private::once(move || { #rebind #body })());
        let future = mixed!(#private::expect_future::<#output, _>(#call));
        mixed!(#private::ChaosFuture::once(#begin, #future, #carrier))
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
        if lazy::is_boxed_async_block(body) {
            let future = self.made(&mixed!({
                #rebind
                let __chaos_future: #ty = #body;
                __chaos_future
            }));
            return mixed!(::std::boxed::Box::pin({ #future }));
        }
        let (begin, carrier) = (self.begin(), self.carrier());
        let future = mixed!(#private::once(move || -> #ty { #rebind #body })());
        mixed!(::std::boxed::Box::pin(#private::ChaosFuture::once(#begin, #future, #carrier)))
    }

    /// The arguments, in order.
    fn tuple(&self) -> TokenStream {
        let names = &self.names;
        mixed!((#(#names,)*))
    }

    /// Clones of the arguments, if the compiler finds that they can be cloned.
    fn again(&self, beginning: &TokenStream) -> TokenStream {
        let Self { private, names, .. } = self;
        mixed! {
            #private::again(#beginning, || {
                #[allow(unused_imports)]
                use #private::look::*;
                ::std::option::Option::Some((#((&&#private::look::Again(&#names)).again()?,)*))
            })
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
    fn carrier(&self) -> TokenStream {
        let Self { private, args, .. } = self;
        let (by, errors) = if let Some(path) = &args.error {
            // Outside the block whose imports might stand in front of what it names.
            let by = mixed!(let __chaos_by = #path;);
            let errors =
                quote_spanned!(located(path.span())=> __chaos_returns.errors_by(__chaos_by));
            (Some(by), errors)
        } else {
            // At the return type, which is where the error type stands.
            let errors = quote_spanned!(self.output_span()=> __chaos_returns.errors());
            (None, errors)
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
            |__chaos_returns| {
                #by
                {
                    use #private::returns::*;
                    let __chaos_returns = (&&__chaos_returns).split();
                    let __chaos_errors = #errors;
                    let __chaos_replies = #replies;
                    __chaos_returns.carrier(__chaos_errors, __chaos_replies)
                }
            }
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
