#include "container/facts_torch.h"

#include "container/facts_protect.h"

/* torch/version.py has ten lines. */
#define MAX_VERSION_FILE 65536

static bool is_lower_or_digit(char c)
{
    return pl_is_digit(c) || (c >= 'a' && c <= 'z');
}

/* "cu128" of "cu128" and of "cu117.with.pypi.cudnn"; "rocm6.4" keeps its. */
static struct pl_str backend_of_label(struct pl_str label)
{
    struct pl_cursor c = pl_cursor_from(label);
    struct pl_str word = pl_cursor_span(&c, is_lower_or_digit);
    bool is_cuda = word.len > 2 && pl_str_starts(word, "cu");
    for (size_t i = 2; is_cuda && i < word.len; i++)
        is_cuda = pl_is_digit(word.at[i]);
    if (is_cuda)
        return word;
    if (pl_str_is(label, "cpu") || pl_str_is(label, "xpu"))
        return label;
    bool is_rocm = pl_str_starts(label, "rocm") && label.len > 4;
    for (size_t i = 4; is_rocm && i < label.len; i++)
        is_rocm = pl_is_digit(label.at[i]) || label.at[i] == '.';
    return is_rocm ? label : (struct pl_str){0};
}

/* What is quoted behind the '=' of a line `cuda = '12.8'`, also typed. */
static struct pl_str quoted(struct pl_str line)
{
    struct pl_str rest = line, part;
    pl_str_cut(&rest, '=', &part);
    rest = pl_str_trim(rest);
    char quote = rest.len ? rest.at[0] : '\0';
    if (quote != '\'' && quote != '"')
        return (struct pl_str){0};
    rest = pl_str_sub(rest, 1, rest.len);
    return pl_str_sub(rest, 0, pl_str_find(rest, quote));
}

/* "cu128" of "12.8". */
static struct pl_str backend_of_cuda(struct pl_arena *arena, struct pl_str cuda)
{
    struct pl_str major, minor = cuda;
    uint64_t a, b;
    if (!pl_str_cut(&minor, '.', &major) || !pl_str_to_u64(major, &a) ||
        !pl_str_to_u64(pl_str_sub(minor, 0, pl_str_find(minor, '.')), &b) ||
        a > 99 || b > 99)
        return (struct pl_str){0};
    return pl_arena_printf(arena, "cu%u%u", (unsigned)a, (unsigned)b);
}

static struct pl_str backend_of_file(struct pl_arena *arena,
                                     struct pl_tree *tree, struct pl_str folder)
{
    struct pl_str path =
        pl_arena_printf(arena, "%.*s/torch/version.py", PL_STR_ARG(folder));
    struct pl_str text, line;
    if (!tree || pl_tree_look(tree, path).type != PL_NODE_FILE ||
        !pl_tree_read(tree, arena, path, MAX_VERSION_FILE, &text, NULL))
        return (struct pl_str){0};
    while (pl_str_cut(&text, '\n', &line))
        if (pl_str_starts(line, "cuda") && line.len > 4 &&
            !pl_is_alnum(line.at[4]) && line.at[4] != '_')
            return backend_of_cuda(arena, quoted(line));
    return (struct pl_str){0};
}

struct pl_torch_build pl_torch_build_of(struct pl_arena *arena,
                                        struct pl_tree *tree,
                                        const struct pl_torch_family *family,
                                        const struct pl_installed *torch)
{
    const struct pl_version *version = &torch->version;
    struct pl_torch_build build = {0};
    if (version->local.len)
        build.backend = backend_of_label(version->local);
    else
        build.backend = backend_of_file(arena, tree, torch->folder);
    if (pl_version_is_vendors(version))
        return build;
    if (!version->local.len && !build.backend.len)
        build.backend = pl_torch_family_pypi_cuda(family, version);
    build.variant = build.backend;
    if (version->has_dev && build.backend.len)
        build.variant =
            pl_arena_printf(arena, "nightly/%.*s", PL_STR_ARG(build.backend));
    return build;
}
