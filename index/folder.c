#include "index/folder.h"

#include "core/digest.h"
#include "core/file.h"
#include "core/limits.h"
#include "core/trace.h"
#include "core/vec.h"
#include "index/backend.h"
#include "index/metadata.h"
#include "index/net.h"
#include "index/page_json.h"
#include "index/twins.h"
#include "index/url.h"
#include "pep/name.h"

/* Stands for the root when there is no `origin`; seen by nobody. */
#define NO_ORIGIN "http://recorded-index.invalid/"

struct wish {
    struct pl_str project;
    const struct pl_file *file; /* NULL: the project's page */
};

struct folder {
    struct pl_index index;
    struct pl_arena *arena;
    struct pl_str root;
    struct pl_str base; /* URL of the root, ending in '/' */
    bool has_origin;
    struct pl_str simple, torch; /* folders below root, ending in '/' */
    const struct pl_torch_family *family;
    PL_VEC(struct wish) wishes;
    size_t answered;
};

static struct folder *folder_of(struct pl_index *index)
{
    return (struct folder *)(void *)index;
}

static struct pl_str concat(struct folder *f, struct pl_str a, struct pl_str b)
{
    return pl_arena_printf(f->arena, "%.*s%.*s", PL_STR_ARG(a), PL_STR_ARG(b));
}

/* ---- reading ---- */

/* Absent is no error: *there tells. */
static bool load(struct folder *f, struct pl_arena *arena, struct pl_str below,
                 size_t max, struct pl_str *out, bool *there,
                 struct pl_error *err)
{
    enum pl_file_state state;
    struct pl_str path = pl_path_join(arena, f->root, below);
    if (!pl_file_load(arena, path, max, out, &state, err))
        return false;
    *there = state == PL_FILE_READ;
    if (*there) {
        f->index.stats.requests++;
        f->index.stats.bytes += out->len;
        PL_TRACE(PL_TRACE_INDEX, "%zu bytes of %.*s", out->len,
                 PL_STR_ARG(below));
    }
    return true;
}

/* An index that states no hash is believed. */
static bool check_hash(struct pl_str bytes, struct pl_str stated,
                       struct pl_str below, struct pl_error *err)
{
    PL_ARENA(arena);
    if (!stated.len)
        return true;
    struct pl_str found = pl_sha256_hex(&arena, bytes);
    if (pl_str_eq(found, stated))
        return true;
    pl_error_plain(err, PL_ERR_INTEGRITY,
                   "%.*s is not the file that the index states",
                   PL_STR_ARG(below));
    return pl_error_because(err, "its SHA-256 is %.*s, the index says %.*s",
                            PL_STR_ARG(found), PL_STR_ARG(stated));
}

/* ---- pages ---- */

static bool parse_page(struct folder *f, const struct pl_page_input *input,
                       bool json, const struct pl_page **out,
                       struct pl_error *err)
{
    const struct pl_net *net;
    if (json)
        return pl_page_parse_json(f->arena, input, out, err);
    return pl_net_load(&net, err) &&
           net->page_parse_html(f->arena, input, out, err);
}

/* `site` is the index's folder. *out stays when there is no such page. */
static bool load_page_form(struct folder *f, struct pl_str site,
                           struct pl_str project, bool json,
                           const struct pl_page **out, struct pl_error *err)
{
    PL_ARENA(scratch);
    struct pl_page_input input = {.project = project};
    bool there;
    struct pl_str folder = pl_arena_printf(
        &scratch, "%.*s%.*s/", PL_STR_ARG(site), PL_STR_ARG(project));
    struct pl_str below = pl_arena_printf(
        &scratch, "%.*sindex.%s", PL_STR_ARG(folder), json ? "json" : "html");
    if (!load(f, &scratch, below, PL_MAX_PAGE_BYTES, &input.body, &there, err))
        return false;
    if (!there)
        return true;
    input.url = concat(f, f->base, folder);
    input.is_torch = f->torch.len && pl_str_eq(site, f->torch);
    if (f->has_origin)
        input.index_url = concat(f, f->base, site);
    else
        input.path_root = f->base;
    f->index.stats.pages++;
    return parse_page(f, &input, json, out, err) ||
           pl_error_wrap(err, "%.*s", PL_STR_ARG(below));
}

static bool load_page(struct folder *f, struct pl_str site,
                      struct pl_str project, const struct pl_page **out,
                      struct pl_error *err)
{
    return load_page_form(f, site, project, true, out, err) &&
           (*out || load_page_form(f, site, project, false, out, err));
}

/* A name of the family must never be met by a stranger of that name. */
static bool route_page(struct folder *f, struct pl_str project,
                       const struct pl_page **out, struct pl_error *err)
{
    const struct pl_torch_project *member =
        f->family ? pl_torch_family_find(f->family, project) : NULL;
    if (!pl_name_is_normal(project))
        return true;
    if (member && f->torch.len && !load_page(f, f->torch, project, out, err))
        return false;
    if (!*out)
        return (member && !member->pypi) ||
               load_page(f, f->simple, project, out, err);
    const struct pl_page *pypi = NULL;
    if (!member->companion || !member->pypi)
        return true;
    if (!load_page(f, f->simple, project, &pypi, err))
        return false;
    *out = pl_page_add_twins(f->index.arena, *out, pypi);
    return true;
}

/* ---- metadata ---- */

static bool parse_wheel(struct folder *f, const struct pl_file *file,
                        struct pl_str below, struct pl_metadata *out,
                        struct pl_error *err)
{
    struct pl_str body, path = concat(f, below, PL_STR(".metadata"));
    bool there;
    if (!load(f, f->arena, path, PL_MAX_METADATA_BYTES, &body, &there, err))
        return false;
    if (!there)
        return pl_error_plain(err, PL_ERR_INPUT,
                              "the recorded index does not hold its metadata");
    return check_hash(body, file->details->metadata_sha256, path, err) &&
           pl_metadata_parse(f->arena, body, file, out, err);
}

static bool parse_sdist(struct folder *f, const struct pl_file *file,
                        struct pl_str below, struct pl_metadata *out,
                        struct pl_error *err)
{
    PL_ARENA(scratch);
    struct pl_str bytes;
    bool there;
    if (!load(f, &scratch, below, PL_MAX_SDIST_BYTES, &bytes, &there, err))
        return false;
    if (!there)
        return pl_error_plain(err, PL_ERR_INPUT,
                              "it is a source distribution that the recorded "
                              "index does not hold");
    const struct pl_net *net;
    return check_hash(bytes, file->details->sha256, below, err) &&
           pl_net_load(&net, err) &&
           net->sdist_parse(f->arena, bytes, file, out, err);
}

static bool parse_metadata(struct folder *f, const struct pl_file *file,
                           struct pl_metadata *out, struct pl_error *err)
{
    struct pl_str below = file->details->path;
    if (file->details->url.len &&
        !pl_url_below(f->arena, f->base, file->details->url, &below))
        return pl_error_plain(err, PL_ERR_INPUT,
                              "the recorded index does not hold its metadata");
    return file->kind == PL_FILE_WHEEL ? parse_wheel(f, file, below, out, err)
                                       : parse_sdist(f, file, below, out, err);
}

/* What is wrong with one version does not end the run; the rest does. */
static bool answer_metadata(struct folder *f, const struct pl_file *file,
                            struct pl_index_event *event, struct pl_error *err)
{
    struct pl_error why = {.arena = f->arena};
    struct pl_metadata *metadata = pl_new(f->arena, struct pl_metadata);
    if (parse_metadata(f, file, metadata, &why)) {
        f->index.stats.metadata++;
        event->metadata = metadata;
        return true;
    }
    if (why.code == PL_ERR_INPUT) {
        event->reason = why.message;
        return true;
    }
    pl_error_plain(err, why.code, "%.*s: %.*s", PL_STR_ARG(file->details->name),
                   PL_STR_ARG(why.message));
    if (why.because.len)
        pl_error_because(err, "%.*s", PL_STR_ARG(why.because));
    return false;
}

/* ---- the interface ---- */

static void want_page(struct pl_index *index, struct pl_str project)
{
    struct folder *f = folder_of(index);
    pl_vec_push(f->arena, &f->wishes, (struct wish){.project = project});
}

static void want_metadata(struct pl_index *index, const struct pl_file *file)
{
    struct folder *f = folder_of(index);
    pl_vec_push(f->arena, &f->wishes, (struct wish){file->page->project, file});
}

static bool next(struct pl_index *index, struct pl_index_event *event,
                 bool *any, struct pl_error *err)
{
    struct folder *f = folder_of(index);
    if (f->answered == f->wishes.len) {
        *any = false;
        return true;
    }
    const struct wish *wish = &f->wishes.at[f->answered];
    struct pl_index_event answer = {
        .kind = wish->file ? PL_EVENT_METADATA : PL_EVENT_PAGE,
        .project = wish->project,
        .file = wish->file,
    };
    if (wish->file ? !answer_metadata(f, wish->file, &answer, err)
                   : !route_page(f, wish->project, &answer.page, err))
        return false;
    f->answered++;
    *event = answer;
    *any = true;
    return true;
}

/* ---- opening ---- */

static bool read_origin(struct folder *f, struct pl_error *err)
{
    struct pl_str text,
        path = pl_path_join(f->arena, f->root, PL_STR("origin"));
    enum pl_file_state state;
    if (!pl_file_load(f->arena, path, PL_MAX_URL_BYTES, &text, &state, err))
        return false;
    f->has_origin = state == PL_FILE_READ;
    if (!f->has_origin)
        text = PL_STR(NO_ORIGIN);
    if (!pl_url_clean(f->arena, text, &f->base, err)) {
        pl_error_wrap(err, "%.*s", PL_STR_ARG(path));
        if (err)
            err->code = PL_ERR_INPUT;
        return false;
    }
    if (!pl_str_ends(f->base, "/"))
        f->base = concat(f, f->base, PL_STR("/"));
    return true;
}

static bool find_simple(struct folder *f, struct pl_error *err)
{
    static const char *const places[] = {"pypi/simple/", "simple/"};
    for (size_t i = 0; i < PL_COUNT(places); i++) {
        f->simple = pl_str_from(places[i]);
        if (pl_dir_exists(pl_path_join(f->arena, f->root, f->simple)))
            return true;
    }
    bool there = pl_dir_exists(f->root);
    pl_error_plain(err, PL_ERR_USAGE,
                   there ? "no index in the folder %.*s"
                         : "there is no folder %.*s",
                   PL_STR_ARG(f->root));
    if (there)
        pl_error_hint(err, "a recorded index has pypi/simple/ or simple/");
    return false;
}

bool pl_index_open_folder(struct pl_arena *arena,
                          const struct pl_folder_options *opts,
                          struct pl_index **out, struct pl_error *err)
{
    static const struct pl_index_ops ops = {want_page, want_metadata, next,
                                            NULL};
    struct folder *f = pl_new(arena, struct folder);
    pl_index_init(&f->index, arena, &ops);
    f->arena = arena;
    f->root = pl_arena_dup(arena, opts->root);
    f->family = opts->family;
    if (opts->torch_variant.len && !pl_url_parts_are_plain(opts->torch_variant))
        return pl_error_plain(err, PL_ERR_USAGE,
                              "`%.*s` is no variant of the torch index",
                              PL_STR_ARG(opts->torch_variant));
    if (opts->torch_variant.len)
        f->torch = pl_arena_printf(arena, "pytorch/whl/%.*s/",
                                   PL_STR_ARG(opts->torch_variant));
    if (!find_simple(f, err) || !read_origin(f, err))
        return false;
    *out = &f->index;
    return true;
}
