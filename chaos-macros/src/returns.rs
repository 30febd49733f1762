//! What can be told of a return type without asking the compiler.

use syn::visit_mut::{self, VisitMut};
use syn::{
    AssocType, GenericArgument, Lifetime, Path, PathArguments, ReturnType, Type, TypeImplTrait,
    TypeParamBound, TypeReference,
};

/// How the function hands back its result.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// An `async fn`, or a plain function that returns a value.
    Direct,
    /// A plain function that returns `impl Future`.
    Future,
    /// A plain function that returns `Pin<Box<dyn Future>>`, as `#[async_trait]` makes them.
    BoxedFuture,
}

/// What an `impl Trait` in the return type promises, and so what may stand in for it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Opaque {
    /// No `impl Trait`, or one that nothing can stand in for.
    No,
    /// `impl IntoResponse`.
    IntoResponse,
    /// `impl Serialize`.
    Serialize,
}

pub(crate) fn shape(returns: &ReturnType) -> Shape {
    let ReturnType::Type(_, ty) = returns else {
        return Shape::Direct;
    };
    match &**ty {
        Type::ImplTrait(opaque) if has_bound(opaque, "Future") => Shape::Future,
        ty if is_boxed_future(ty) => Shape::BoxedFuture,
        _ => Shape::Direct,
    }
}

/// `Pin<Box<dyn Future …>>`, `BoxFuture<…>` or `LocalBoxFuture<…>`.
fn is_boxed_future(ty: &Type) -> bool {
    let Some((name, arguments)) = last_segment(ty) else {
        return false;
    };
    match name.as_str() {
        "BoxFuture" | "LocalBoxFuture" => true,
        "Pin" => first_type(arguments)
            .and_then(last_segment)
            .filter(|(name, _)| name == "Box")
            .and_then(|(_, arguments)| first_type(arguments))
            .is_some_and(|inner| {
                matches!(inner, Type::TraitObject(object)
                    if object.bounds.iter().any(|bound| bound_name(bound).as_deref() == Some("Future")))
            }),
        _ => false,
    }
}

pub(crate) fn opaque(returns: &ReturnType) -> Opaque {
    match &impl_traits(returns)[..] {
        [one] if only(one, "IntoResponse") => Opaque::IntoResponse,
        [one] if only(one, "Serialize") => Opaque::Serialize,
        _ => Opaque::No,
    }
}

/// What the function comes to in the end: its return type, or what its future resolves to,
/// if that can be told.
pub(crate) fn value_type(returns: &ReturnType) -> Option<Type> {
    struct Output(Option<Type>);
    impl VisitMut for Output {
        fn visit_assoc_type_mut(&mut self, node: &mut AssocType) {
            if node.ident == "Output" && self.0.is_none() {
                self.0 = Some(node.ty.clone());
            }
        }
    }
    let ReturnType::Type(_, ty) = returns else {
        return None;
    };
    if shape(returns) == Shape::Direct {
        return Some((**ty).clone());
    }
    let mut output = Output(None);
    output.visit_return_type_mut(&mut returns.clone());
    // `BoxFuture<'a, T>`
    let argument = || first_type(last_segment(ty)?.1).cloned();
    output.0.or_else(argument)
}

/// Whether that mentions a lifetime, a reference, or `Self`, which may hide one.
pub(crate) fn borrows(returns: &ReturnType) -> bool {
    struct Find(bool);
    impl VisitMut for Find {
        fn visit_lifetime_mut(&mut self, _: &mut Lifetime) {
            self.0 = true;
        }
        fn visit_type_reference_mut(&mut self, _: &mut TypeReference) {
            self.0 = true;
        }
        fn visit_path_mut(&mut self, path: &mut Path) {
            self.0 |= path.is_ident("Self");
            visit_mut::visit_path_mut(self, path);
        }
    }
    let mut find = Find(false);
    if let Some(mut ty) = value_type(returns) {
        find.visit_type_mut(&mut ty);
    }
    find.0
}

/// Every `impl Trait` in the type.
pub(crate) fn impl_traits(returns: &ReturnType) -> Vec<TypeImplTrait> {
    struct Find(Vec<TypeImplTrait>);
    impl VisitMut for Find {
        fn visit_type_impl_trait_mut(&mut self, node: &mut TypeImplTrait) {
            self.0.push(node.clone());
        }
    }
    let mut find = Find(Vec::new());
    find.visit_return_type_mut(&mut returns.clone());
    find.0
}

/// Whether `name` is the one bound that is neither a lifetime nor an auto trait.
fn only(opaque: &TypeImplTrait, name: &str) -> bool {
    has_bound(opaque, name)
        && opaque.bounds.iter().all(|bound| {
            bound_name(bound)
                .is_none_or(|found| found == name || matches!(&*found, "Send" | "Sync" | "Unpin"))
        })
}

fn has_bound(opaque: &TypeImplTrait, name: &str) -> bool {
    opaque
        .bounds
        .iter()
        .any(|bound| bound_name(bound).as_deref() == Some(name))
}

fn bound_name(bound: &TypeParamBound) -> Option<String> {
    match bound {
        TypeParamBound::Trait(bound) => Some(bound.path.segments.last()?.ident.to_string()),
        _ => None,
    }
}

fn last_segment(ty: &Type) -> Option<(String, &PathArguments)> {
    match ty {
        Type::Path(path) => {
            let last = path.path.segments.last()?;
            Some((last.ident.to_string(), &last.arguments))
        }
        _ => None,
    }
}

fn first_type(arguments: &PathArguments) -> Option<&Type> {
    match arguments {
        PathArguments::AngleBracketed(arguments) => {
            arguments.args.iter().find_map(|argument| match argument {
                GenericArgument::Type(ty) => Some(ty),
                _ => None,
            })
        }
        _ => None,
    }
}

/// The return type as it may be written in a `let`: every `impl Trait` becomes `_`.
pub(crate) fn erased(returns: &ReturnType) -> Type {
    match returns {
        ReturnType::Default => syn::parse_quote!(()),
        ReturnType::Type(_, ty) => erased_type(ty),
    }
}

/// The same for a part of it.
pub(crate) fn erased_type(ty: &Type) -> Type {
    struct Erase;
    impl VisitMut for Erase {
        fn visit_type_mut(&mut self, node: &mut Type) {
            if matches!(node, Type::ImplTrait(_)) {
                *node = syn::parse_quote!(_);
            } else {
                visit_mut::visit_type_mut(self, node);
            }
        }
    }
    let mut ty = ty.clone();
    Erase.visit_type_mut(&mut ty);
    ty
}
