/* direct_url.json: where a distribution came from, when from no index. */
#include "container/installed_internal.h"
#include "core/json.h"
#include "core/mask.h"
#include "index/url.h"

#define MAX_DIRECT_URL_BYTES (64u << 10)

static void close_json(struct pl_json **doc)
{
    pl_json_destroy(*doc);
}

/* "git+URL@COMMIT", as pip freeze has it, of a version control system's. */
static struct pl_str full_url(struct pl_arena *arena, struct pl_json_value root,
                              struct pl_str url)
{
    struct pl_json_value info;
    struct pl_str system, commit = {0};
    if (!pl_json_get(root, "vcs_info", &info) ||
        !pl_json_get_str(info, "vcs", &system))
        return url;
    (void)pl_json_get_str(info, "commit_id", &commit);
    return pl_arena_printf(arena, "%.*s+%.*s%s%.*s", PL_STR_ARG(system),
                           PL_STR_ARG(url), commit.len ? "@" : "",
                           PL_STR_ARG(commit));
}

static bool says_editable(struct pl_json_value root)
{
    struct pl_json_value info, editable;
    bool yes = false;
    return pl_json_get(root, "dir_info", &info) &&
           pl_json_get(info, "editable", &editable) &&
           pl_json_bool(editable, &yes) && yes;
}

static bool parse(struct pl_arena *arena, struct pl_str text,
                  struct pl_installed *row, struct pl_str *place,
                  struct pl_error *err)
{
    struct pl_json *doc PL_CLEANUP(close_json) = NULL;
    struct pl_str url;
    if (!pl_json_parse(text, &doc, err))
        return false;
    struct pl_json_value root = pl_json_root(doc);
    if (!pl_json_get_str(root, "url", &url))
        return pl_error_plain(err, PL_ERR_INPUT, "it states no url");
    row->is_editable = says_editable(root);
    row->direct_url =
        pl_mask_url(arena, pl_arena_dup(arena, full_url(arena, root, url)));
    struct pl_url parts = pl_url_split(url);
    if (pl_str_is(parts.scheme, "file"))
        *place = pl_arena_dup(arena, pl_url_decode(arena, parts.path));
    return true;
}

void pl_installed_direct_url(struct pl_installed_reader *reader,
                             struct pl_installed *row)
{
    PL_ARENA(scratch);
    struct pl_error err = {.arena = &scratch};
    struct pl_str text, place = {0}, path;
    path = pl_path_join(&scratch, row->info, PL_STR("direct_url.json"));
    if (pl_tree_look(reader->tree, path).type == PL_NODE_ABSENT)
        return;
    if (!pl_tree_read(reader->tree, &scratch, path, MAX_DIRECT_URL_BYTES, &text,
                      &err) ||
        !parse(reader->arena, text, row, &place, &err)) {
        pl_installed_damage(
            reader, PL_DAMAGE_METADATA_BAD, row->name, row->info,
            pl_arena_printf(reader->arena, "direct_url.json: %.*s",
                            PL_STR_ARG(err.message)));
        return;
    }
    if (row->is_editable && place.len &&
        pl_tree_look(reader->tree, place).type == PL_NODE_ABSENT)
        pl_installed_damage(reader, PL_DAMAGE_LINK_TO_NOTHING, row->name,
                            row->info, place);
}
