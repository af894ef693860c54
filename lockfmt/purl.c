#include "lockfmt/purl.h"

#include "core/limits.h"

static void add_encoded(struct pl_buf *out, struct pl_str text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.at[i];
        if (pl_is_alnum(c) || pl_str_has(PL_STR(".-_~"), c))
            pl_buf_add_char(out, c);
        else
            pl_buf_addf(out, "%%%02X", (unsigned)(unsigned char)c);
    }
}

static void add_name(struct pl_buf *out, struct pl_str name,
                     struct pl_str version)
{
    pl_buf_add_cstr(out, "pkg:pypi/");
    add_encoded(out, name);
    if (!version.len)
        return;
    pl_buf_add_char(out, '@');
    add_encoded(out, version);
}

static void add_qualifier(struct pl_buf *out, const char *key,
                          struct pl_str value)
{
    pl_buf_addf(out, "?%s=", key);
    add_encoded(out, value);
}

static bool is_pypi(struct pl_str index)
{
    return !index.len || pl_str_starts(index, "https://pypi.org/");
}

static void add_vcs(struct pl_arena *arena, const struct pl_lock_tree *tree,
                    struct pl_buf *out)
{
    struct pl_str url =
        pl_arena_printf(arena, "%.*s+%.*s@%.*s", PL_STR_ARG(tree->vcs),
                        PL_STR_ARG(tree->url.len ? tree->url : tree->path),
                        PL_STR_ARG(tree->commit_id));
    add_qualifier(out, "vcs_url", url);
}

struct pl_str pl_purl_of(struct pl_arena *arena,
                         const struct pl_lock_package *package)
{
    PL_BUF(text, PL_MAX_OUTPUT_BYTES);
    add_name(&text, package->name, package->version);
    switch (package->source) {
    case PL_LOCK_DIRECTORY:
        return (struct pl_str){0};
    case PL_LOCK_VCS:
        add_vcs(arena, &package->tree, &text);
        break;
    case PL_LOCK_ARCHIVE:
        if (package->file.url.len)
            add_qualifier(&text, "download_url", package->file.url);
        break;
    case PL_LOCK_FILES:
        if (!is_pypi(package->index))
            add_qualifier(&text, "repository_url", package->index);
        break;
    }
    return pl_arena_dup(arena, pl_buf_view(&text));
}

struct pl_str pl_purl(struct pl_arena *arena, struct pl_str name,
                      struct pl_str version)
{
    PL_BUF(text, PL_MAX_OUTPUT_BYTES);
    add_name(&text, name, version);
    return pl_arena_dup(arena, pl_buf_view(&text));
}
