#include "cli/index_plan.h"

#include "core/file.h"
#include "core/mask.h"
#include "core/vec.h"
#include "index/origin.h"
#include "index/url.h"
#include "pep/name.h"

#define PYPI "https://pypi.org/simple/"
#define TORCH "https://download.pytorch.org/whl/"

struct planner {
    struct pl_arena *arena;
    const struct pl_plan_input *in;
    const struct pl_resolve_options *options;
    struct pl_index_plan *plan;
    struct pl_error *err;
    bool rooted;         /* at a URL of --index-root */
    struct pl_str torch; /* the first torch index that was named */
};

/* A text with who wrote it: "--index-url", "PIP_INDEX_URL" ... */
struct word {
    struct pl_str text, from;
};

static struct pl_str concat(const struct planner *p, struct pl_str a,
                            struct pl_str b)
{
    return pl_arena_printf(p->arena, "%.*s%.*s", PL_STR_ARG(a), PL_STR_ARG(b));
}

static bool is_url(struct pl_str text)
{
    return pl_str_find_str(text, PL_STR("://")) < text.len;
}

/* ---- who said it ---- */

static struct pl_str source_of(const struct planner *p, const char *name)
{
    struct pl_str from = pl_parsed_source(p->arena, p->in->parsed, name);
    return from.len ? from : pl_arena_printf(p->arena, "--%s", name);
}

static struct pl_str file_source(const struct planner *p, const char *name)
{
    return pl_arena_printf(p->arena, "a requirements file's --%s", name);
}

/* "podlock.toml:4" */
static bool is_of_config(struct pl_str from)
{
    return pl_str_has(from, ':');
}

/*
 * Beside --index-root URL only what is meant for podlock counts, and of
 * podlock.toml only what was written beside its own.
 */
static bool counts(const struct planner *p, const char *name)
{
    struct pl_str from = source_of(p, name);
    return !p->rooted || pl_str_starts(from, "--") ||
           pl_str_starts(from, "PODLOCK_") ||
           (is_of_config(from) && is_of_config(source_of(p, "index-root")));
}

static bool is_said(const struct planner *p, const char *name)
{
    struct pl_str from = pl_parsed_source(p->arena, p->in->parsed, name);
    return pl_str_starts(from, "--") ||
           (is_of_config(from) && is_of_config(source_of(p, "index-root")));
}

/* ---- one URL ---- */

static bool no_url(const struct planner *p, const struct word *word)
{
    struct pl_str text = pl_mask_url(p->arena, word->text);
    pl_error_plain(p->err, PL_ERR_USAGE, "%.*s takes a URL, not `%.*s`",
                   PL_STR_ARG(word->from), PL_STR_ARG(text));
    if (pl_dir_exists(word->text))
        return pl_error_hint(p->err, "a folder of files is for --find-links, "
                                     "a recorded index for --index-root");
    return pl_error_hint(p->err, "such as " PYPI);
}

static bool is_name_char(char c)
{
    return pl_is_alnum(c) || c == '-' || c == '_' || c == '.';
}

/* Takes uv's "NAME=" off. */
static struct pl_str take_name(struct pl_str *text)
{
    struct pl_cursor c = pl_cursor_from(*text);
    struct pl_str name = pl_cursor_span(&c, is_name_char);
    if (!name.len || !pl_cursor_take(&c, '='))
        return (struct pl_str){0};
    *text = pl_cursor_rest(&c);
    return name;
}

static bool check_scheme(const struct planner *p, struct pl_str url,
                         const struct word *word)
{
    struct pl_origin origin;
    const struct pl_strs *hosts = &p->plan->insecure_hosts;
    if (!pl_origin_parse(url, &origin))
        return pl_error_plain(p->err, PL_ERR_USAGE,
                              "%.*s: `%.*s` has no host or no usable port",
                              PL_STR_ARG(word->from), PL_STR_ARG(url));
    if (origin.https || pl_origin_is_loopback(&origin) ||
        pl_origin_is_listed(&origin, hosts->at, hosts->len))
        return true;
    pl_error_plain(p->err, PL_ERR_USAGE,
                   "%.*s: `%.*s` is plain http: anyone on the way could "
                   "change what comes",
                   PL_STR_ARG(word->from), PL_STR_ARG(url));
    return pl_error_hint(p->err,
                         "https, or --allow-insecure-host %.*s when the way "
                         "is your own",
                         PL_STR_ARG(origin.host));
}

/* Cleans the URL, keeps its credentials. */
static bool read_page_url(const struct planner *p, const struct word *word,
                          struct pl_str *out)
{
    struct pl_str text = pl_str_trim(word->text);
    struct pl_str name = take_name(&text);
    if (!is_url(text))
        return no_url(p, word);
    if (!pl_credentials_take(&p->plan->credentials, text, out, p->err)) {
        pl_error_wrap(p->err, "%.*s", PL_STR_ARG(word->from));
        if (p->err)
            p->err->code = PL_ERR_USAGE;
        return false;
    }
    if (name.len)
        pl_credentials_take_environment(&p->plan->credentials, name, *out);
    return check_scheme(p, *out, word);
}

static bool read_site_url(const struct planner *p, const struct word *word,
                          struct pl_str *out)
{
    if (!read_page_url(p, word, out))
        return false;
    if (pl_str_has(*out, '?'))
        return pl_error_plain(p->err, PL_ERR_USAGE,
                              "%.*s: the URL of an index has no `?`",
                              PL_STR_ARG(word->from));
    if (!pl_str_ends(*out, "/"))
        *out = concat(p, *out, PL_STR("/"));
    return true;
}

/* ---- torch's index ---- */

/* "cpu", "xpu", "cu128", "rocm6.4" */
static bool names_variant(struct pl_str word)
{
    static const char *const prefixes[] = {"cu", "rocm"};
    if (pl_str_is(word, "cpu") || pl_str_is(word, "xpu"))
        return true;
    for (size_t i = 0; i < PL_COUNT(prefixes); i++) {
        size_t len = strlen(prefixes[i]);
        if (pl_str_starts(word, prefixes[i]) && word.len > len &&
            pl_is_digit(word.at[len]))
            return true;
    }
    return false;
}

/* The part before the last, which is taken off a URL that ends in '/'. */
static struct pl_str take_last_part(struct pl_str *url)
{
    struct pl_str rest = pl_str_sub(*url, 0, url->len - (url->len > 0));
    size_t at = pl_str_rfind(rest, '/');
    if (at == rest.len)
        return (struct pl_str){0};
    *url = pl_str_sub(*url, 0, at + 1);
    return pl_str_sub(rest, at + 1, rest.len);
}

static bool ends_in_whl(struct pl_str url)
{
    struct pl_str rest = url, part = take_last_part(&rest);
    if (pl_str_is(part, "nightly") || pl_str_is(part, "test"))
        part = take_last_part(&rest);
    return pl_str_is(part, "whl");
}

/* Is the site an index of torch's, with a variant or for all of them? */
static bool is_torch_site(struct pl_str url)
{
    struct pl_str rest = url;
    if (names_variant(take_last_part(&rest)) && ends_in_whl(rest))
        return true;
    return pl_str_starts(url, TORCH) && ends_in_whl(url);
}

static bool add_variant(const struct planner *p, struct pl_str url,
                        struct pl_str from, struct pl_str *out)
{
    struct pl_str variant = p->plan->torch_variant;
    if (!ends_in_whl(url)) {
        *out = url;
        return true;
    }
    if (variant.len) {
        *out = pl_arena_printf(p->arena, "%.*s%.*s/", PL_STR_ARG(url),
                               PL_STR_ARG(variant));
        return true;
    }
    pl_error_plain(p->err, PL_ERR_USAGE,
                   "%.*s: `%.*s` lists the wheels of all variants together",
                   PL_STR_ARG(from), PL_STR_ARG(url));
    return pl_error_hint(p->err, "say which: %.*scpu/, or --torch-backend cpu",
                         PL_STR_ARG(url));
}

/* An index among the others that is torch's: for its family alone. */
static bool take_torch_site(struct planner *p, struct pl_str url,
                            struct pl_str from)
{
    struct pl_str site, variant = p->plan->torch_variant;
    if (!add_variant(p, url, from, &site))
        return false;
    struct pl_str end =
        pl_arena_printf(p->arena, "/%.*s/", PL_STR_ARG(variant));
    if (variant.len && !pl_str_ends(site, end.at))
        pl_vec_push(p->arena, &p->plan->notes,
                    pl_arena_printf(p->arena,
                                    "%.*s %.*s is not asked: the template's "
                                    "torch is of %.*s",
                                    PL_STR_ARG(from), PL_STR_ARG(site),
                                    PL_STR_ARG(variant)));
    else if (!p->torch.len)
        p->torch = site;
    return true;
}

static bool plan_torch(struct planner *p, struct pl_str base)
{
    struct pl_index_plan *plan = p->plan;
    struct pl_str text = p->options->torch_index_url;
    struct word word = {text, source_of(p, "torch-index-url")};
    if (text.len && counts(p, "torch-index-url"))
        return read_site_url(p, &word, &base) &&
               add_variant(p, base, word.from, &plan->torch_site);
    plan->torch_site = p->torch;
    if (!p->torch.len && p->plan->torch_variant.len)
        return add_variant(p, base, PL_STR(""), &plan->torch_site);
    return true;
}

/* ---- the other indexes ---- */

static void push_site(const struct planner *p, struct pl_str url)
{
    struct pl_strs *sites = &p->plan->sites;
    if (!pl_str_in(url, sites->at, sites->len))
        pl_vec_push(p->arena, sites, url);
}

static bool add_sites(struct planner *p, const struct pl_str *at, size_t count,
                      struct pl_str from)
{
    for (size_t i = 0; i < count; i++) {
        struct word word = {at[i], from};
        struct pl_str url;
        if (!read_site_url(p, &word, &url))
            return false;
        if (!is_torch_site(url))
            push_site(p, url);
        else if (!take_torch_site(p, url, from))
            return false;
    }
    return true;
}

static bool add_extra_sites(struct planner *p)
{
    const struct pl_strs *extra = &p->options->extra_index_urls;
    const struct pl_inputs *inputs = p->in->inputs;
    if (counts(p, "extra-index-url") &&
        !add_sites(p, extra->at, extra->len, source_of(p, "extra-index-url")))
        return false;
    return p->rooted || add_sites(p, inputs->extra_index_urls.at,
                                  inputs->extra_index_urls.len,
                                  file_source(p, "extra-index-url"));
}

static struct word default_site(const struct planner *p)
{
    const struct pl_inputs *inputs = p->in->inputs;
    if (p->options->index_url.len && counts(p, "index-url"))
        return (struct word){p->options->index_url, source_of(p, "index-url")};
    if (inputs->index_url.len && !p->rooted)
        return (struct word){inputs->index_url, file_source(p, "index-url")};
    return (struct word){0};
}

static bool add_default_site(struct planner *p, struct pl_str usual)
{
    struct word word = default_site(p);
    struct pl_str url = usual;
    if (!word.text.len) {
        push_site(p, usual);
        return true;
    }
    if (!read_site_url(p, &word, &url))
        return false;
    if (!is_torch_site(url)) {
        push_site(p, url);
        return true;
    }
    if (!take_torch_site(p, url, word.from))
        return false;
    if (p->plan->sites.len)
        return true;
    push_site(p, usual);
    pl_vec_push(p->arena, &p->plan->notes,
                pl_arena_printf(p->arena,
                                "%.*s %.*s is asked for torch and its family; "
                                "all else comes from %.*s",
                                PL_STR_ARG(word.from), PL_STR_ARG(url),
                                PL_STR_ARG(usual)));
    return true;
}

/* ---- files beside them ---- */

/* pip goes on without one, and machines have variables for it that do. */
static bool no_folder(const struct planner *p, const struct word *word)
{
    struct pl_str name = pl_mask_url(p->arena, word->text);
    if (!pl_str_starts(word->from, "PIP_"))
        return pl_error_plain(p->err, PL_ERR_USAGE,
                              "%.*s: there is no folder `%.*s`",
                              PL_STR_ARG(word->from), PL_STR_ARG(name));
    pl_vec_push(p->arena, &p->plan->notes,
                pl_arena_printf(p->arena, "%.*s: there is no folder `%.*s`",
                                PL_STR_ARG(word->from), PL_STR_ARG(name)));
    return true;
}

static bool add_link(const struct planner *p, const struct word *word)
{
    struct pl_str text = word->text, url;
    if (pl_str_starts(text, "file:")) {
        struct pl_url parts = pl_url_split(text);
        text = pl_url_decode(p->arena, parts.path);
    } else if (is_url(text)) {
        if (!read_page_url(p, word, &url))
            return false;
        pl_vec_push(p->arena, &p->plan->find_links, url);
        return true;
    }
    if (!pl_dir_exists(text))
        return no_folder(p, word);
    pl_vec_push(p->arena, &p->plan->find_links, text);
    return true;
}

static bool add_links(const struct planner *p, const struct pl_str *at,
                      size_t count, struct pl_str from)
{
    for (size_t i = 0; i < count; i++)
        if (!add_link(p, &(struct word){at[i], from}))
            return false;
    return true;
}

static bool plan_links(const struct planner *p)
{
    const struct pl_strs *links = &p->options->find_links;
    const struct pl_inputs *inputs = p->in->inputs;
    if (counts(p, "find-links") &&
        !add_links(p, links->at, links->len, source_of(p, "find-links")))
        return false;
    return p->rooted ||
           add_links(p, inputs->find_links.at, inputs->find_links.len,
                     file_source(p, "find-links"));
}

/* ---- hosts and names ---- */

static bool add_hosts(const struct planner *p, const struct pl_str *at,
                      size_t count, struct pl_str from)
{
    for (size_t i = 0; i < count; i++) {
        if (!at[i].len || pl_str_has(at[i], '/') || pl_str_has(at[i], '@')) {
            struct pl_str text = pl_mask_url(p->arena, at[i]);
            return pl_error_plain(p->err, PL_ERR_USAGE,
                                  "%.*s takes a host or HOST:PORT, not `%.*s`",
                                  PL_STR_ARG(from), PL_STR_ARG(text));
        }
        pl_vec_push(p->arena, &p->plan->insecure_hosts, at[i]);
    }
    return true;
}

static bool plan_hosts(const struct planner *p)
{
    const struct pl_strs *hosts = &p->options->insecure_hosts;
    const struct pl_inputs *inputs = p->in->inputs;
    return add_hosts(p, hosts->at, hosts->len,
                     source_of(p, "allow-insecure-host")) &&
           (p->rooted ||
            add_hosts(p, inputs->trusted_hosts.at, inputs->trusted_hosts.len,
                      file_source(p, "trusted-host")));
}

static bool plan_refresh(const struct planner *p)
{
    const struct pl_strs *names = &p->options->refresh_packages;
    for (size_t i = 0; i < names->len; i++) {
        if (!pl_name_valid(names->at[i]))
            return pl_error_plain(p->err, PL_ERR_USAGE,
                                  "`--refresh-package` takes a package's "
                                  "name, not `%.*s`",
                                  PL_STR_ARG(names->at[i]));
        pl_vec_push(p->arena, &p->plan->refresh_names,
                    pl_name_normalize(p->arena, names->at[i]));
    }
    if (!p->options->offline || (!p->options->refresh && !names->len))
        return true;
    pl_error_plain(
        p->err, PL_ERR_USAGE, "%.*s asks no network, %.*s asks it again",
        PL_STR_ARG(source_of(p, "offline")),
        PL_STR_ARG(source_of(p, names->len ? "refresh-package" : "refresh")));
    return pl_error_hint(p->err, "leave out one of them");
}

static bool check_cache(const struct planner *p)
{
    const struct pl_index_plan *plan = p->plan;
    if (!p->options->offline || !p->options->no_cache ||
        (!plan->sites.len && !plan->torch_site.len))
        return true;
    pl_error_plain(p->err, PL_ERR_USAGE,
                   "--offline reads the cache alone, and --no-cache leaves "
                   "nothing to read");
    return pl_error_hint(p->err, "leave out one of them, or name a recorded "
                                 "index: --index-root DIR");
}

/* ---- the whole ---- */

static bool plan_folder(struct planner *p)
{
    static const char *const others[] = {"index-url", "extra-index-url",
                                         "torch-index-url", "find-links",
                                         "no-index"};
    p->plan->folder = p->options->index_root;
    for (size_t i = 0; i < PL_COUNT(others); i++)
        if (is_said(p, others[i])) {
            struct pl_str root = source_of(p, "index-root");
            pl_error_plain(p->err, PL_ERR_USAGE,
                           "--%s beside %.*s with a folder, which is asked "
                           "alone",
                           others[i], PL_STR_ARG(root));
            return pl_error_hint(p->err, "leave out one of them");
        }
    return true;
}

static void note_files(const struct planner *p)
{
    const struct pl_inputs *in = p->in->inputs;
    if (in->index_url.len || in->extra_index_urls.len || in->find_links.len ||
        in->no_index)
        pl_vec_push(p->arena, &p->plan->notes,
                    PL_STR("index options in the files are not used: "
                           "--index-root is asked"));
}

/* uv looks at the machine for "auto"; a lock is for another one. */
static bool plan_variant(const struct planner *p)
{
    struct pl_str variant = p->in->torch_variant;
    if (pl_str_is(variant, "auto")) {
        struct pl_str from = source_of(p, "torch-backend");
        pl_vec_push(p->arena, &p->plan->notes,
                    pl_arena_printf(p->arena,
                                    "%.*s: `auto` counts as none: podlock "
                                    "does not look at this machine's GPU",
                                    PL_STR_ARG(from)));
        return true;
    }
    if (variant.len && !pl_url_parts_are_plain(variant))
        return pl_error_plain(p->err, PL_ERR_USAGE,
                              "`%.*s` is no variant of the torch index",
                              PL_STR_ARG(variant));
    p->plan->torch_variant = variant;
    return true;
}

static bool plan_sites(struct planner *p)
{
    struct pl_str simple = PL_STR(PYPI), torch = PL_STR(TORCH), root;
    if (p->rooted) {
        struct word word = {p->options->index_root, source_of(p, "index-root")};
        if (!read_site_url(p, &word, &root))
            return false;
        simple = concat(p, root, PL_STR("pypi/simple/"));
        torch = concat(p, root, PL_STR("pytorch/whl/"));
    }
    if ((p->options->no_index && counts(p, "no-index")) ||
        (p->in->inputs->no_index && !p->rooted))
        return true;
    return add_extra_sites(p) && add_default_site(p, simple) &&
           plan_torch(p, torch);
}

bool pl_index_plan_make(struct pl_arena *arena, const struct pl_plan_input *in,
                        struct pl_index_plan *out, struct pl_error *err)
{
    struct pl_index_plan plan = {.credentials = {.arena = arena}};
    struct pl_str root = in->options->index_root;
    struct planner p = {.arena = arena,
                        .in = in,
                        .options = in->options,
                        .plan = &plan,
                        .err = err,
                        .rooted = root.len && is_url(root)};
    if (root.len)
        note_files(&p);
    bool good = plan_variant(&p) && plan_refresh(&p);
    if (good && root.len && !p.rooted)
        good = plan_folder(&p);
    else if (good)
        good = plan_hosts(&p) && plan_sites(&p) && plan_links(&p) &&
               check_cache(&p);
    if (good)
        *out = plan;
    return good;
}
