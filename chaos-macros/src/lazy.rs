//! Whether nothing of a function that returns a future runs before that is polled. What does can be
//! made twice and polled once, and nobody can tell.

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// `async { … }` or `async move { … }`, and nothing else.
pub(crate) fn is_async_block(body: &TokenStream) -> bool {
    let tokens: Vec<TokenTree> = body.clone().into_iter().collect();
    match &tokens[..] {
        [asynchronous, block] => is(asynchronous, "async") && is_block(block),
        [asynchronous, moves, block] => {
            is(asynchronous, "async") && is(moves, "move") && is_block(block)
        }
        _ => false,
    }
}

/// The same in `Box::pin(…)`, as `#[async_trait]` writes it.
pub(crate) fn is_boxed_async_block(body: &TokenStream) -> bool {
    let tokens: Vec<TokenTree> = body.clone().into_iter().collect();
    let Some((TokenTree::Group(boxed), path)) = tokens.split_last() else {
        return false;
    };
    boxed.delimiter() == Delimiter::Parenthesis
        && is_path_to_pin(path)
        && is_async_block(&boxed.stream())
}

/// `Box::pin`, with a path before it or without.
fn is_path_to_pin(path: &[TokenTree]) -> bool {
    let is_colon = |token: &TokenTree| matches!(token, TokenTree::Punct(it) if it.as_char() == ':');
    let names: Vec<&TokenTree> = path.iter().filter(|token| !is_colon(token)).collect();
    let all_names = names
        .iter()
        .all(|token| matches!(token, TokenTree::Ident(_)));
    all_names && matches!(&names[..], [.., boxed, pin] if is(boxed, "Box") && is(pin, "pin"))
}

fn is(token: &TokenTree, word: &str) -> bool {
    matches!(token, TokenTree::Ident(ident) if ident == word)
}

fn is_block(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace)
}

#[cfg(test)]
mod tests {
    use quote::quote;

    use super::*;

    #[test]
    fn one_block_alone_is_lazy() {
        assert!(is_async_block(&quote!(async { 1 })));
        assert!(is_async_block(&quote!(async move { work().await })));
        for body in [
            quote!(work()),
            quote!(let n = count(); async move { n }),
            quote!(async move { 1 }.boxed()),
            quote!(async),
            quote!(),
        ] {
            assert!(!is_async_block(&body), "{body}");
        }
    }

    #[test]
    fn so_is_one_in_a_box() {
        assert!(is_boxed_async_block(&quote!(Box::pin(async move { 1 }))));
        assert!(is_boxed_async_block(&quote!(::std::boxed::Box::pin(
            async { 1 }
        ))));
        for body in [
            quote!(Box::pin(work())),
            quote!(Box::new(async { 1 })),
            quote!(count(); Box::pin(async { 1 })),
            quote!(Pin::pin(async { 1 })),
            quote!((async { 1 })),
            quote!(async { 1 }),
            quote!(),
        ] {
            assert!(!is_boxed_async_block(&body), "{body}");
        }
    }
}
