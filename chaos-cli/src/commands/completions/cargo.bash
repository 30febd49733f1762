
# `cargo chaos …` is completed as `cargo-chaos …`, and everything else of cargo's as before.

# The function that completes cargo, if it is not the one below.
_cargo_chaos_registered() {
    local words
    read -ra words <<<"$(complete -p cargo 2>/dev/null)"
    local at
    for ((at = 0; at + 1 < ${#words[@]}; at++)); do
        if [[ ${words[at]} == -F && ${words[at + 1]} != _cargo_chaos_of_cargo ]]; then
            printf '%s' "${words[at + 1]}"
        fi
    done
}

_cargo_chaos_of_cargo() {
    local at=1
    while [[ ${COMP_WORDS[at]} == [-+]* ]]; do
        ((at++))
    done
    if [[ ${COMP_WORDS[at]} == chaos ]] && ((COMP_CWORD > at)); then
        COMP_WORDS=(cargo-chaos "${COMP_WORDS[@]:at+1}")
        COMP_CWORD=$((COMP_CWORD - at))
        _cargo_chaos cargo-chaos "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
        return
    fi
    if [[ -z $_cargo_chaos_cargo ]] && declare -F _completion_loader >/dev/null; then
        # Cargo's own are loaded when they are first asked for.
        complete -r cargo
        _completion_loader cargo
        _cargo_chaos_cargo=$(_cargo_chaos_registered)
        complete -F _cargo_chaos_of_cargo -o bashdefault -o default cargo
    fi
    if [[ -n $_cargo_chaos_cargo ]]; then
        "$_cargo_chaos_cargo" "$@"
    fi
}

_cargo_chaos_cargo=${_cargo_chaos_cargo:-$(_cargo_chaos_registered)}
complete -F _cargo_chaos_of_cargo -o bashdefault -o default cargo
