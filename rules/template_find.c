#include "rules/template.h"

#include "core/file.h"
#include "core/limits.h"
#include "rules/image_ref.h"
#include "rules/near.h"
#include "rules/shipped.h"
#include "rules/template_read.h"

/* ---- the shipped ones ---- */

size_t pl_template_shipped_count(void)
{
    return pl_shipped_template_count;
}

struct pl_str pl_template_shipped_id(size_t i)
{
    return pl_shipped_templates[i].id;
}

const struct pl_source *pl_template_shipped_source(struct pl_arena *arena,
                                                   size_t i)
{
    return pl_shipped_source(arena, pl_shipped_templates[i].file);
}

bool pl_template_shipped(struct pl_arena *arena, size_t i,
                         struct pl_template *out, struct pl_error *err)
{
    const struct pl_shipped_file *file = pl_shipped_templates[i].file;
    const struct pl_source *source = pl_shipped_source(arena, file);
    struct pl_toml *doc = pl_shipped_open(source, file);
    bool good = pl_template_read(arena, source, pl_toml_root(doc),
                                 file->requirements, out, err);
    pl_toml_destroy(doc);
    if (!good)
        return false;
    out->digest = file->sha256;
    out->source = source;
    return true;
}

/* A place in pl_shipped_templates, and how it was found. */
struct found {
    const struct pl_shipped_template *template;
    enum pl_template_match match;
};

static const struct pl_shipped_template *find_id(struct pl_str id)
{
    size_t low = 0, high = pl_shipped_template_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = pl_str_cmp(pl_shipped_templates[middle].id, id);
        if (order == 0)
            return &pl_shipped_templates[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

/* ---- listed images ---- */

static bool lists_digest(const struct pl_shipped_template *t,
                         struct pl_str digest)
{
    for (size_t i = 0; digest.len && i < t->digest_count; i++)
        if (pl_str_eq(t->digests[i], digest))
            return true;
    return false;
}

static bool lists_image(const struct pl_shipped_template *t,
                        const struct pl_image_ref *ref)
{
    for (size_t i = 0; i < t->image_count; i++) {
        struct pl_image_ref image = pl_image_ref_parse(t->images[i]);
        if (pl_str_eq(image.tag, ref->tag) &&
            (!ref->name.len || pl_str_eq(image.name, ref->name)))
            return true;
    }
    return false;
}

static bool find_listed(const struct pl_image_ref *ref, struct found *out)
{
    for (size_t i = 0; i < pl_shipped_template_count; i++) {
        const struct pl_shipped_template *t = &pl_shipped_templates[i];
        if (lists_digest(t, ref->digest)) {
            *out = (struct found){t, PL_TEMPLATE_BY_DIGEST};
            return true;
        }
    }
    for (size_t i = 0; ref->tag.len && i < pl_shipped_template_count; i++) {
        const struct pl_shipped_template *t = &pl_shipped_templates[i];
        if (lists_image(t, ref)) {
            /* A digest that nobody recorded may be of another build. */
            *out = (struct found){t, ref->digest.len ? PL_TEMPLATE_BY_TAG
                                                     : PL_TEMPLATE_BY_IMAGE};
            return true;
        }
    }
    return false;
}

/* ---- what a tag says ---- */

/* "3.12" of "3.12.3". */
static struct pl_str minor_of(struct pl_str python)
{
    size_t first = pl_str_find(python, '.');
    struct pl_str rest = pl_str_sub(python, first + 1, python.len);
    return pl_str_sub(python, 0, first + 1 + pl_str_find(rest, '.'));
}

/* "2.8.0" of "2.8.0+cu128"; empty when the version is not a final one. */
static struct pl_str final_of(struct pl_str version)
{
    struct pl_str public = pl_str_sub(version, 0, pl_str_find(version, '+'));
    for (size_t i = 0; i < public.len; i++)
        if (!pl_is_digit(public.at[i]) && public.at[i] != '.')
            return (struct pl_str){0};
    return public;
}

static struct pl_image_tag facts_of(const struct pl_shipped_template *t)
{
    struct pl_str ubuntu = {0};
    if (pl_str_starts(t->os, "ubuntu "))
        ubuntu = pl_str_sub(t->os, strlen("ubuntu "), t->os.len);
    return (struct pl_image_tag){
        .python = minor_of(t->python),
        .torch = final_of(t->torch),
        .cuda = t->cuda,
        .ubuntu = ubuntu,
    };
}

/* Equal, or one is not known. */
static bool agree(struct pl_str a, struct pl_str b)
{
    return !a.len || !b.len || pl_str_eq(a, b);
}

/* "12.8" and "12.8.1" agree, "12.8.0" and "12.8.1" do not. */
static bool agree_as_far(struct pl_str a, struct pl_str b)
{
    struct pl_str part_a, part_b;
    while (pl_str_cut(&a, '.', &part_a) && pl_str_cut(&b, '.', &part_b))
        if (!pl_str_eq(part_a, part_b))
            return false;
    return true;
}

static bool tags_agree(const struct pl_image_tag *wanted,
                       const struct pl_image_tag *has)
{
    return has->torch.len && pl_str_eq(wanted->torch, has->torch) &&
           agree(wanted->python, has->python) &&
           agree(wanted->ubuntu, has->ubuntu) &&
           agree_as_far(wanted->cuda, has->cuda);
}

struct candidate {
    const struct pl_shipped_template *template;
    struct pl_str series; /* of its image; empty: none */
};

/*
 * Both what its images' tags say and what they hold count: users write either.
 * A template none of whose images has such a tag is of another vendor.
 */
static bool fits(struct pl_arena *arena, const struct pl_shipped_template *t,
                 const struct pl_image_tag *wanted, struct candidate *out)
{
    struct pl_image_tag facts = facts_of(t);
    bool fit = false, has_form = false;
    *out = (struct candidate){.template = t};
    for (size_t i = 0; i < t->image_count; i++) {
        struct pl_image_ref ref = pl_image_ref_parse(t->images[i]);
        struct pl_image_tag tag;
        if (!pl_image_tag_parse(arena, ref.tag, &tag))
            continue;
        has_form = true;
        out->series = tag.series;
        fit = fit || tags_agree(wanted, &tag);
    }
    return has_form && (fit || tags_agree(wanted, &facts));
}

/* Below 0 when a is the better answer. */
static int compare_candidates(const struct candidate *a,
                              const struct candidate *b, struct pl_str series)
{
    int order = pl_dotted_cmp(b->series, a->series);
    if (series.len) {
        bool late_a = pl_dotted_cmp(a->series, series) > 0;
        bool late_b = pl_dotted_cmp(b->series, series) > 0;
        if (late_a != late_b)
            return late_a - late_b;
        return late_a ? -order : order;
    }
    int dates = pl_str_cmp(b->template->released, a->template->released);
    return dates ? dates : order;
}

static bool fail_ambiguous(struct pl_str wanted, const struct candidate *a,
                           const struct candidate *b, struct pl_error *err)
{
    pl_error_plain(err, PL_ERR_USAGE,
                   "the image `%.*s` could be that of two templates",
                   PL_STR_ARG(wanted));
    pl_error_because(err, "its tag fits %.*s and %.*s, which are equally new",
                     PL_STR_ARG(a->template->id), PL_STR_ARG(b->template->id));
    return pl_error_hint(err, "name one of them with --template");
}

/* True, with out->template NULL, when no template fits. */
static bool find_by_tag(struct pl_arena *arena, struct pl_str wanted,
                        const struct pl_image_tag *tag, struct found *out,
                        struct pl_error *err)
{
    struct candidate best = {0}, equal = {0}, next;
    for (size_t i = 0; i < pl_shipped_template_count; i++) {
        if (!fits(arena, &pl_shipped_templates[i], tag, &next))
            continue;
        int order =
            best.template ? compare_candidates(&next, &best, tag->series) : -1;
        if (order < 0) {
            best = next;
            equal = (struct candidate){0};
        } else if (order == 0) {
            equal = next;
        }
    }
    if (equal.template)
        return fail_ambiguous(wanted, &best, &equal, err);
    *out = (struct found){best.template, PL_TEMPLATE_BY_TAG};
    return true;
}

/* ---- no answer ---- */

static void say_tag(const struct pl_image_tag *tag, struct pl_error *err)
{
    pl_error_because(err,
                     "its tag says torch %.*s, %s%.*s%sCUDA %.*s%s%.*s, and "
                     "no template has these",
                     PL_STR_ARG(tag->torch), tag->python.len ? "Python " : "",
                     PL_STR_ARG(tag->python), tag->python.len ? ", " : "",
                     PL_STR_ARG(tag->cuda), tag->ubuntu.len ? ", Ubuntu " : "",
                     PL_STR_ARG(tag->ubuntu));
}

static bool fail_unknown(struct pl_str wanted, const struct pl_image_ref *ref,
                         const struct pl_image_tag *tag, struct pl_error *err)
{
    bool is_image = ref->name.len || ref->digest.len || tag;
    pl_error_plain(err, PL_ERR_USAGE, "no template is known %s `%.*s`",
                   is_image ? "for the image" : "as", PL_STR_ARG(wanted));
    if (tag)
        say_tag(tag, err);
    else if (is_image && !ref->tag.len && !ref->digest.len)
        pl_error_because(err, "it has no tag, and no file has that name");
    PL_BUF(near, PL_MAX_MESSAGE_BYTES);
    pl_near_templates(ref->tag.len ? ref->tag : wanted, tag, &near);
    struct pl_str names = pl_buf_view(&near);
    return pl_error_hint(err,
                         "%s%.*s%s`podlock templates list` shows all, and a "
                         "file of your own describes any other container",
                         names.len ? "near it are " : "", PL_STR_ARG(names),
                         names.len ? "; " : "");
}

/* ---- finding ---- */

static bool find_image(struct pl_arena *arena, struct pl_str wanted,
                       struct found *out, struct pl_error *err)
{
    struct pl_image_ref ref = pl_image_ref_parse(wanted);
    if (find_listed(&ref, out))
        return true;
    struct pl_image_tag tag;
    bool has_form = pl_image_tag_parse(arena, ref.tag, &tag);
    if (has_form && !find_by_tag(arena, wanted, &tag, out, err))
        return false;
    if (has_form && out->template)
        return true;
    return fail_unknown(wanted, &ref, has_form ? &tag : NULL, err);
}

static bool is_path(struct pl_str wanted)
{
    return pl_str_ends(wanted, ".toml") || pl_str_starts(wanted, "/") ||
           pl_str_starts(wanted, ".") ||
           (pl_str_has(wanted, '/') && pl_file_exists(wanted));
}

static bool load_file(struct pl_arena *arena, struct pl_str path,
                      struct pl_template *out, struct pl_error *err)
{
    const struct pl_source *source;
    if (!pl_source_load(arena, path, &source, err) ||
        !pl_template_parse(arena, source, out, err))
        return false;
    out->match = PL_TEMPLATE_BY_FILE;
    return true;
}

bool pl_template_find(struct pl_arena *arena, struct pl_str wanted,
                      struct pl_template *out, struct pl_error *err)
{
    struct found found = {find_id(wanted), PL_TEMPLATE_BY_ID};
    if (!found.template && is_path(wanted))
        return load_file(arena, wanted, out, err);
    if (!found.template && !find_image(arena, wanted, &found, err))
        return false;
    size_t i = (size_t)(found.template - pl_shipped_templates);
    if (!pl_template_shipped(arena, i, out, err))
        return false;
    out->match = found.match;
    return true;
}
