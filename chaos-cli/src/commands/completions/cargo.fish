
# `cargo chaos …` is completed as `cargo-chaos …`.

function __fish_cargo_chaos_completes
    set -l words (commandline --tokenize --current-process --cut-at-cursor)
    test (count $words) -ge 2; and test "$words[2]" = chaos
end

function __fish_cargo_chaos_complete
    set -l words (commandline --tokenize --current-process --cut-at-cursor)
    set -l typed (commandline --current-token --cut-at-cursor)
    complete --do-complete "cargo-chaos $words[3..] $typed"
end

complete --command cargo --condition __fish_cargo_chaos_completes --no-files --arguments "(__fish_cargo_chaos_complete)"
