#include "rules/template.h"

#include "core/digest.h"
#include "core/limits.h"
#include "rules/record.h"
#include "rules/shipped.h"
#include "rules/template_read.h"

/* ---- the keys, as docs/template-format.md lists them ---- */

enum {
    FORMAT,
    ID,
    TITLE,
    IMAGES,
    IMAGE_DIGESTS,
    IMAGE_PATTERN,
    ENVIRONMENT,
    INDEX,
    PROVENANCE,
    PACKAGE,
};

static const struct pl_key root_keys[] = {
    [FORMAT] = {"podlock-template", PL_KEY_INT, true},
    [ID] = {"id", PL_KEY_STR, true},
    [TITLE] = {"title", PL_KEY_STR, false},
    [IMAGES] = {"images", PL_KEY_STRS, false},
    [IMAGE_DIGESTS] = {"image-digests", PL_KEY_STRS, false},
    [IMAGE_PATTERN] = {"image-pattern", PL_KEY_STR, false},
    [ENVIRONMENT] = {"environment", PL_KEY_TABLE, true},
    [INDEX] = {"index", PL_KEY_TABLE, false},
    [PROVENANCE] = {"provenance", PL_KEY_TABLE, false},
    [PACKAGE] = {"package", PL_KEY_TABLES, false},
};

enum {
    PYTHON,
    GLIBC,
    ARCH,
    OS,
    CUDA,
    SITE_PACKAGES,
    EXTERNALLY_MANAGED,
    PIP_SETTINGS,
    CONSTRAINTS,
};

static const struct pl_key environment_keys[] = {
    [PYTHON] = {"python", PL_KEY_STR, true},
    [GLIBC] = {"glibc", PL_KEY_STR, false},
    [ARCH] = {"arch", PL_KEY_STR, false},
    [OS] = {"os", PL_KEY_STR, false},
    [CUDA] = {"cuda", PL_KEY_STR, false},
    [SITE_PACKAGES] = {"site-packages", PL_KEY_STRS, false},
    [EXTERNALLY_MANAGED] = {"externally-managed", PL_KEY_BOOL, false},
    [PIP_SETTINGS] = {"pip-settings", PL_KEY_STRS, false},
    [CONSTRAINTS] = {"constraints", PL_KEY_STRS, false},
};

enum { TORCH };

static const struct pl_key index_keys[] = {
    [TORCH] = {"torch", PL_KEY_STR, true},
};

enum { KIND, RELEASED, HOW, SOURCES, COMPLETE, UNKNOWN, NOTES };

static const struct pl_key provenance_keys[] = {
    [KIND] = {"kind", PL_KEY_STR, false},
    [RELEASED] = {"released", PL_KEY_STR, false},
    [HOW] = {"how", PL_KEY_STR, false},
    [SOURCES] = {"sources", PL_KEY_STRS, false},
    [COMPLETE] = {"complete", PL_KEY_BOOL, false},
    [UNKNOWN] = {"unknown", PL_KEY_STRS, false},
    [NOTES] = {"notes", PL_KEY_STRS, false},
};

enum {
    NAME,
    VERSION,
    PROTECT,
    REQUIRES,
    REQUIRES_FROM,
    EVIDENCE,
    TREAT_AS,
    SIZE,
};

static const struct pl_key package_keys[] = {
    [NAME] = {"name", PL_KEY_STR, true},
    [VERSION] = {"version", PL_KEY_STR, true},
    [PROTECT] = {"protect", PL_KEY_STR, true},
    [REQUIRES] = {"requires", PL_KEY_STRS, false},
    [REQUIRES_FROM] = {"requires-from", PL_KEY_STR, false},
    [EVIDENCE] = {"evidence", PL_KEY_STR, false},
    [TREAT_AS] = {"treat-as", PL_KEY_STR, false},
    [SIZE] = {"size", PL_KEY_INT, false},
};

#define SHAPE(what, keys)                                                      \
    {                                                                          \
        what, keys, PL_COUNT(keys)                                             \
    }

static const struct pl_shape root_shape = SHAPE("the template", root_keys);
static const struct pl_shape environment_shape =
    SHAPE("[environment]", environment_keys);
static const struct pl_shape index_shape = SHAPE("[index]", index_keys);
static const struct pl_shape provenance_shape =
    SHAPE("[provenance]", provenance_keys);
static const struct pl_shape package_shape = SHAPE("[[package]]", package_keys);

/* ---- values ---- */

/* Fails at the first string of the array that is not what it should be. */
static bool check_strs(const struct pl_record *r, size_t key,
                       bool (*good)(struct pl_str), const char *what)
{
    for (size_t i = 0; i < pl_record_count(r, key); i++) {
        const struct pl_toml_node *node = pl_record_at(r, key, i);
        struct pl_str text = {0};
        pl_toml_str(node, &text);
        if (!good(text))
            return pl_error_set(r->err, PL_ERR_INPUT, pl_toml_span(node),
                                "`%.*s` is not %s", PL_STR_ARG(text), what);
    }
    return true;
}

static bool check_str(const struct pl_record *r, size_t key,
                      bool (*good)(struct pl_str), const char *what)
{
    struct pl_str text = pl_record_str(r, key);
    if (!pl_record_has(r, key) || good(text))
        return true;
    return pl_record_fail(r, key, "`%.*s` is not %s", PL_STR_ARG(text), what);
}

static bool all_chars(struct pl_str text, bool (*good)(char))
{
    for (size_t i = 0; i < text.len; i++)
        if (!good(text.at[i]))
            return false;
    return text.len > 0;
}

static bool is_visible(char c)
{
    return c > ' ' && c < 0x7f;
}

static bool is_image(struct pl_str text)
{
    return all_chars(text, is_visible);
}

static bool is_digest(struct pl_str text)
{
    return pl_str_starts(text, "sha256:") &&
           pl_sha256_valid(pl_str_sub(text, 7, text.len));
}

static bool is_setting(struct pl_str text)
{
    size_t at = pl_str_find(text, '=');
    return at > 0 && at < text.len;
}

static bool is_dotted(struct pl_str text)
{
    struct pl_str part;
    while (pl_str_cut(&text, '.', &part))
        if (!all_chars(part, pl_is_digit))
            return false;
    return true;
}

/* "2025-11" or "2025-11-22": compared as text, so its form matters. */
static bool is_date(struct pl_str text)
{
    static const char form[] = "dddd-dd-dd";
    if (text.len != 7 && text.len != 10)
        return false;
    for (size_t i = 0; i < text.len; i++)
        if (form[i] == 'd' ? !pl_is_digit(text.at[i]) : text.at[i] != form[i])
            return false;
    return true;
}

static bool is_variant_char(char c)
{
    return pl_is_digit(c) || (c >= 'a' && c <= 'z') || c == '.' || c == '-' ||
           c == '_';
}

/* It becomes part of a URL: no empty part, no "..". */
static bool is_torch_path(struct pl_str text)
{
    if (!pl_str_starts(text, "whl/"))
        return false;
    struct pl_str rest = pl_str_sub(text, 4, text.len), part;
    while (pl_str_cut(&rest, '/', &part))
        if (!all_chars(part, is_variant_char) || part.at[0] == '.')
            return false;
    return text.len > 4;
}

/* ---- [environment] ---- */

#define OLDEST_GLIBC "2.28"

/* Of the distributions that GPU images are built on. */
static const struct {
    const char *os, *glibc;
} os_glibc[] = {
    {"ubuntu 18.04", "2.27"}, {"ubuntu 20.04", "2.31"},
    {"ubuntu 22.04", "2.35"}, {"ubuntu 24.04", "2.39"},
    {"debian 10", "2.28"},    {"debian 11", "2.31"},
    {"debian 12", "2.36"},    {"debian 13", "2.41"},
    {"rocky 8", "2.28"},      {"rocky 9", "2.34"},
};

static bool is_release_of(struct pl_str os, const char *name)
{
    size_t len = strlen(name);
    return pl_str_is_nocase(pl_str_sub(os, 0, len), name) &&
           (os.len == len || !pl_is_digit(os.at[len]));
}

static struct pl_str glibc_of(struct pl_template *t, struct pl_str os)
{
    for (size_t i = 0; i < PL_COUNT(os_glibc); i++)
        if (is_release_of(os, os_glibc[i].os))
            return pl_str_from(os_glibc[i].glibc);
    t->glibc_assumed = true;
    return PL_STR(OLDEST_GLIBC);
}

/* Three times, so that an error is known to be about the part just added. */
static bool make_env(const struct pl_record *r, struct pl_template *t)
{
    struct pl_arena *arena = r->arena;
    struct pl_str python = pl_record_str(r, PYTHON);
    struct pl_str glibc = PL_STR(OLDEST_GLIBC), arch = PL_STR("x86_64");
    if (!pl_env_make(arena, python, glibc, arch, &t->env, r->err))
        return pl_record_locate(r, PYTHON);
    glibc =
        pl_record_has(r, GLIBC) ? pl_record_str(r, GLIBC) : glibc_of(t, t->os);
    if (!pl_env_make(arena, python, glibc, arch, &t->env, r->err))
        return pl_record_locate(r, GLIBC);
    if (!pl_record_has(r, ARCH))
        return true;
    arch = pl_record_str(r, ARCH);
    return pl_env_make(arena, python, glibc, arch, &t->env, r->err) ||
           pl_record_locate(r, ARCH);
}

static bool read_environment(struct pl_record r, struct pl_template *t,
                             const struct pl_toml_node *node)
{
    if (!pl_record_read(&r, &environment_shape, node) ||
        !check_str(&r, CUDA, is_dotted, "a CUDA version such as 12.8.1") ||
        !check_strs(&r, PIP_SETTINGS, is_setting, "of the form NAME=VALUE"))
        return false;
    t->os = pl_record_str(&r, OS);
    t->cuda = pl_record_str(&r, CUDA);
    t->externally_managed = pl_record_bool(&r, EXTERNALLY_MANAGED, false);
    t->site_package_count =
        pl_record_strs(&r, SITE_PACKAGES, &t->site_packages);
    t->pip_setting_count = pl_record_strs(&r, PIP_SETTINGS, &t->pip_settings);
    return make_env(&r, t) &&
           pl_record_requirements(&r, CONSTRAINTS, false,
                                  PL_MAX_REQUIRES_PER_VERSION, &t->constraints,
                                  &t->constraint_count);
}

/* ---- [index] and [provenance] ---- */

static bool read_index(struct pl_record r, struct pl_template *t,
                       const struct pl_toml_node *node)
{
    if (!pl_record_read(&r, &index_shape, node) ||
        !check_str(&r, TORCH, is_torch_path,
                   "a folder of the torch index such as whl/cu128"))
        return false;
    struct pl_str path = pl_record_str(&r, TORCH);
    t->torch_variant = pl_str_sub(path, 4, path.len);
    return true;
}

static const char *const kinds[] = {"captured", "reconstructed"};

static bool read_provenance(struct pl_record r, struct pl_template *t,
                            const struct pl_toml_node *node)
{
    size_t kind;
    if (!pl_record_read(&r, &provenance_shape, node) ||
        !check_str(&r, RELEASED, is_date,
                   "a date such as 2025-11-22 or 2025-11"))
        return false;
    if (pl_record_has(&r, KIND) &&
        !pl_record_choice(&r, KIND, kinds, PL_COUNT(kinds), &kind))
        return false;
    t->provenance = pl_record_str(&r, KIND);
    t->released = pl_record_str(&r, RELEASED);
    t->how = pl_record_str(&r, HOW);
    t->complete = pl_record_bool(&r, COMPLETE, false);
    t->source_count = pl_record_strs(&r, SOURCES, &t->sources);
    t->note_count = pl_record_strs(&r, NOTES, &t->notes);
    return pl_record_names(&r, UNKNOWN, &t->unknown, &t->unknown_count);
}

/* ---- [[package]] ---- */

static const char *const protections[] = {
    [PL_PROTECT_LOCKED] = "locked",
    [PL_PROTECT_KEEP] = "keep",
    [PL_PROTECT_OS] = "os",
};

static const char *const evidences[] = {"captured", "reconstructed",
                                        "inferred"};

static bool read_requires(const struct pl_record *r, struct pl_fact *fact)
{
    fact->requires_known = pl_record_has(r, REQUIRES);
    fact->requires_from = pl_record_str(r, REQUIRES_FROM);
    if (fact->requires_from.len && !fact->requires_known)
        return pl_record_fail(r, REQUIRES_FROM,
                              "`requires-from` without `requires`");
    return pl_record_requirements(r, REQUIRES, true,
                                  PL_MAX_REQUIRES_PER_VERSION, &fact->requires,
                                  &fact->require_count);
}

static bool read_size(const struct pl_record *r, struct pl_fact *fact)
{
    int64_t size = 0;
    if (!pl_record_has(r, SIZE))
        return true;
    pl_toml_int(r->members[SIZE], &size);
    if (size < 1)
        return pl_record_fail(r, SIZE,
                              "`size` is %lld; it is in bytes, and "
                              "left out when it is not known",
                              (long long)size);
    fact->size = (uint64_t)size;
    return true;
}

static bool read_fact(struct pl_record r, struct pl_fact *fact,
                      const struct pl_toml_node *node)
{
    size_t protect, evidence;
    if (!pl_record_read(&r, &package_shape, node) ||
        !pl_record_name(&r, NAME, &fact->name) ||
        !pl_record_version(&r, VERSION, &fact->version) ||
        !pl_record_choice(&r, PROTECT, protections, PL_COUNT(protections),
                          &protect) ||
        !read_requires(&r, fact) || !read_size(&r, fact))
        return false;
    fact->protect = (enum pl_protect)protect;
    fact->span = pl_record_span(&r, VERSION);
    if (pl_record_has(&r, EVIDENCE) &&
        !pl_record_choice(&r, EVIDENCE, evidences, PL_COUNT(evidences),
                          &evidence))
        return false;
    fact->evidence = pl_record_str(&r, EVIDENCE);
    fact->has_treat_as = pl_record_has(&r, TREAT_AS);
    return !fact->has_treat_as ||
           pl_record_version(&r, TREAT_AS, &fact->treat_as);
}

static bool is_os(const struct pl_fact *fact)
{
    return fact->protect == PL_PROTECT_OS;
}

/* By name, pip's before the distribution's, then as they stand in the file. */
static int compare_facts(const void *left, const void *right)
{
    const struct pl_fact *a = left, *b = right;
    int order = pl_str_cmp(a->name, b->name);
    if (!order)
        order = is_os(a) - is_os(b);
    if (!order)
        order = a->span.begin < b->span.begin ? -1 : 1;
    return order;
}

static bool fail_twice(const struct pl_fact *first,
                       const struct pl_fact *second, struct pl_error *err)
{
    pl_error_set(err, PL_ERR_INPUT, second->span, "`%.*s` stands twice, as %s",
                 PL_STR_ARG(second->name),
                 is_os(second) ? "`os`" : "what pip installed");
    pl_error_because(err, "the first is on line %u",
                     pl_span_place(first->span).line);
    return pl_error_hint(err, "a name has one row of pip's (`locked` or "
                              "`keep`), one of the `os`, or both");
}

/* Leaves each name once; pip's copy shadows that of the distribution. */
static bool sort_facts(struct pl_fact *facts, size_t *count,
                       struct pl_error *err)
{
    qsort(facts, *count, sizeof(*facts), compare_facts);
    size_t kept = 0;
    bool previous_os = false;
    for (size_t i = 0; i < *count; i++) {
        bool again = kept && pl_str_eq(facts[kept - 1].name, facts[i].name);
        bool os = is_os(&facts[i]);
        if (again && os == previous_os)
            return fail_twice(&facts[i - 1], &facts[i], err);
        previous_os = os;
        if (!again)
            facts[kept++] = facts[i];
    }
    *count = kept;
    return true;
}

static bool read_packages(struct pl_record r, struct pl_template *t)
{
    size_t count = pl_record_count(&r, PACKAGE);
    if (count > PL_MAX_TEMPLATE_PACKAGES)
        return pl_error_set(r.err, PL_ERR_LIMIT, pl_record_span(&r, PACKAGE),
                            "more than %d packages", PL_MAX_TEMPLATE_PACKAGES);
    struct pl_fact *facts = pl_new_array(r.arena, struct pl_fact, count);
    for (size_t i = 0; i < count; i++)
        if (!read_fact(r, &facts[i], pl_record_at(&r, PACKAGE, i)))
            return false;
    t->facts = facts;
    t->fact_count = count;
    return sort_facts(facts, &t->fact_count, r.err);
}

/* ---- the whole ---- */

static bool read_head(const struct pl_record *r, struct pl_template *t)
{
    if (!pl_record_id(r, ID, "none", &t->id) ||
        !check_strs(r, IMAGES, is_image, "an image reference") ||
        !check_strs(r, IMAGE_DIGESTS, is_digest, "`sha256:` and 64 hex digits"))
        return false;
    t->title = pl_record_str(r, TITLE);
    t->image_count = pl_record_strs(r, IMAGES, &t->images);
    return true;
}

bool pl_template_read(struct pl_arena *arena, const struct pl_source *source,
                      const struct pl_toml_node *root,
                      struct pl_str requirements, struct pl_template *out,
                      struct pl_error *err)
{
    struct pl_unpacker unpacker = pl_unpacker_from(requirements);
    struct pl_record r = {.arena = arena,
                          .source = source,
                          .err = err,
                          .requirements = requirements.len ? &unpacker : NULL};
    struct pl_template t = {0};
    if (!pl_record_format(&r, root, "podlock-template", "a template") ||
        !pl_record_read(&r, &root_shape, root) || !read_head(&r, &t) ||
        !read_environment(r, &t, r.members[ENVIRONMENT]))
        return false;
    if (r.members[INDEX] && !read_index(r, &t, r.members[INDEX]))
        return false;
    if (r.members[PROVENANCE] && !read_provenance(r, &t, r.members[PROVENANCE]))
        return false;
    if (!read_packages(r, &t))
        return false;
    *out = t;
    return true;
}

bool pl_template_parse(struct pl_arena *arena, const struct pl_source *source,
                       struct pl_template *out, struct pl_error *err)
{
    struct pl_toml *doc;
    if (!pl_toml_parse(source, &doc, err))
        return false;
    bool good = pl_template_read(arena, source, pl_toml_root(doc),
                                 (struct pl_str){0}, out, err);
    pl_toml_destroy(doc);
    if (!good)
        return false;
    out->digest = pl_sha256_hex(arena, source->text);
    out->source = source;
    return true;
}

const struct pl_fact *pl_template_fact(const struct pl_template *t,
                                       struct pl_str name)
{
    size_t low = 0, high = t->fact_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = pl_str_cmp(t->facts[middle].name, name);
        if (order == 0)
            return &t->facts[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}
