//! The `#[inject_chaos]` attribute of `chaos-core`.
//!
//! Use it through `chaos_core::inject_chaos`, where it is documented; this crate holds nothing else.

use proc_macro::TokenStream;

mod args;
mod arguments;
mod expand;
mod function;
mod lazy;
mod returns;

/// Makes a function an injection point.
///
/// Documented with examples as `chaos_core::inject_chaos`.
#[proc_macro_attribute]
pub fn inject_chaos(args: TokenStream, item: TokenStream) -> TokenStream {
    // Switched off means off: the item's own tokens, not even looked at.
    if cfg!(not(feature = "inject")) {
        return item;
    }
    attribute(args.into(), &item.into()).into()
}

fn attribute(
    args: proc_macro2::TokenStream,
    item: &proc_macro2::TokenStream,
) -> proc_macro2::TokenStream {
    let expanded = syn::parse2::<args::Args>(args)
        .and_then(|args| function::Function::parse(item.clone()).map(|function| (args, function)))
        .map(|(args, function)| expand::expand(&args, function));
    expanded.unwrap_or_else(|error| {
        // The item stays as it is, so that the mistake is the only thing that turns red.
        let error = error.into_compile_error();
        quote::quote!(#item #error)
    })
}
