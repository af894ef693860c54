#include "container/image_manifest.h"

#include "container/image_manifest_internal.h"
#include "core/digest.h"
#include "core/limits.h"

#define BLOBS "blobs/sha256/"
#define SHA256 "sha256:"
#define DEFAULT_PLATFORM "linux/amd64"

bool pl_image_too_many(struct pl_image_reading *reading, struct pl_str member,
                       const char *what, int most)
{
    return pl_error_plain(reading->err, PL_ERR_LIMIT,
                          "%.*s has more than %d %s", PL_STR_ARG(member), most,
                          what);
}

void pl_image_json_drop(struct pl_json **doc)
{
    pl_json_destroy(*doc);
}

static bool missing(struct pl_image_reading *reading, struct pl_str member)
{
    return pl_error_plain(reading->err, PL_ERR_INPUT,
                          "the archive has no %.*s, which its manifest names",
                          PL_STR_ARG(member));
}

/* "blobs/sha256/HEX", and "HEX.json" of the old form. */
static struct pl_str digest_in(struct pl_str member)
{
    if (pl_str_starts(member, BLOBS))
        return pl_str_sub(member, strlen(BLOBS), member.len);
    return pl_str_sub(member, 0, pl_str_find(member, '.'));
}

static bool differs(struct pl_image_reading *reading, struct pl_str member,
                    struct pl_str stated, struct pl_str found)
{
    pl_error_plain(reading->err, PL_ERR_INTEGRITY,
                   "%.*s is not what the manifest names", PL_STR_ARG(member));
    return pl_error_because(reading->err, "its SHA-256 is %.*s, not %.*s",
                            PL_STR_ARG(found), PL_STR_ARG(stated));
}

bool pl_image_check(struct pl_image_reading *reading,
                    const struct pl_image_blob *blob)
{
    struct pl_str stated = digest_in(blob->name);
    return !pl_sha256_valid(stated) || pl_str_eq(stated, blob->sha256) ||
           differs(reading, blob->name, stated, blob->sha256);
}

bool pl_image_digest_member(struct pl_image_reading *reading,
                            struct pl_str digest, struct pl_str *member)
{
    struct pl_str hex = pl_str_sub(digest, strlen(SHA256), digest.len);
    if (!pl_str_starts(digest, SHA256) || !pl_sha256_valid(hex))
        return pl_error_plain(reading->err, PL_ERR_INPUT,
                              "podlock reads sha256 digests, not %.*s",
                              PL_STR_ARG(digest));
    *member = pl_arena_printf(reading->arena, BLOBS "%.*s", PL_STR_ARG(hex));
    return true;
}

bool pl_image_json(struct pl_image_reading *reading, struct pl_str member,
                   struct pl_json **out)
{
    const struct pl_image_blob *blob =
        pl_image_blobs_find(reading->blobs, member);
    if (!blob)
        return missing(reading, member);
    if (!pl_image_check(reading, blob))
        return false;
    if (blob->kind != PL_BLOB_TEXT && blob->is_bad && reading->err)
        *reading->err = blob->bad;
    else if (blob->kind != PL_BLOB_TEXT)
        pl_error_plain(reading->err, PL_ERR_INPUT, "it is no JSON");
    else if (pl_json_parse(blob->text, out, reading->err))
        return true;
    if (reading->err)
        reading->err->span = (struct pl_span){0};
    return pl_error_wrap(reading->err, "%.*s", PL_STR_ARG(member));
}

/* ---- manifest.json of docker save ---- */

static bool bad_list(struct pl_image_reading *reading)
{
    return pl_error_plain(reading->err, PL_ERR_INPUT,
                          "manifest.json is no list of images with Config and "
                          "Layers");
}

static bool read_layers(struct pl_image_reading *reading,
                        struct pl_json_value list,
                        struct pl_image_choice *choice)
{
    struct pl_json_iter it = pl_json_items(list);
    struct pl_json_value value;
    struct pl_str name;
    while (pl_json_next(&it, NULL, &value)) {
        if (choice->layers.len == PL_MAX_IMAGE_LAYERS)
            return pl_image_too_many(reading, PL_STR("manifest.json"), "layers",
                                     PL_MAX_IMAGE_LAYERS);
        if (!pl_json_str(value, &name))
            return bad_list(reading);
        pl_vec_push(reading->arena, &choice->layers,
                    pl_arena_dup(reading->arena, name));
    }
    return true;
}

static bool read_saved(struct pl_image_reading *reading,
                       struct pl_json_value entry,
                       struct pl_image_choice *choice)
{
    struct pl_json_value layers, tags, tag;
    struct pl_str text;
    if (!pl_json_get_str(entry, "Config", &text) ||
        !pl_json_get(entry, "Layers", &layers) ||
        pl_json_type(layers) != PL_JSON_ARRAY)
        return bad_list(reading);
    choice->config = pl_arena_dup(reading->arena, text);
    if (!read_layers(reading, layers, choice))
        return false;
    if (!pl_json_get(entry, "RepoTags", &tags))
        return true;
    struct pl_json_iter it = pl_json_items(tags);
    while (pl_json_next(&it, NULL, &tag))
        if (pl_json_str(tag, &text))
            pl_image_name_add(reading->arena, &choice->names, text);
    return true;
}

static bool read_manifest_json(struct pl_image_reading *reading,
                               struct pl_image_choices *out)
{
    struct pl_json *doc PL_CLEANUP(pl_image_json_drop) = NULL;
    struct pl_json_value entry;
    if (!pl_image_json(reading, PL_STR("manifest.json"), &doc))
        return false;
    if (pl_json_type(pl_json_root(doc)) != PL_JSON_ARRAY)
        return bad_list(reading);
    struct pl_json_iter it = pl_json_items(pl_json_root(doc));
    while (pl_json_next(&it, NULL, &entry)) {
        struct pl_image_choice choice = {0};
        if (out->list.len == PL_MAX_IMAGE_CHOICES)
            return pl_image_too_many(reading, PL_STR("manifest.json"), "images",
                                     PL_MAX_IMAGE_CHOICES);
        if (!read_saved(reading, entry, &choice))
            return false;
        pl_vec_push(reading->arena, &out->list, choice);
    }
    return true;
}

/* ---- choosing ---- */

typedef bool (*fits_fn)(const struct pl_image_choice *choice,
                        struct pl_str wanted);

static bool is_present(const struct pl_image_choice *choice,
                       struct pl_str wanted)
{
    (void)wanted;
    return !choice->is_absent;
}

static bool has_name(const struct pl_image_choice *choice, struct pl_str wanted)
{
    return pl_str_eq(choice->digest, wanted) ||
           pl_str_in(wanted, choice->names.list.at, choice->names.list.len);
}

/* linux/arm fits linux/arm/v7 too. */
static bool fits_platform(const struct pl_image_choice *choice,
                          struct pl_str wanted)
{
    struct pl_str has = choice->platform;
    return pl_str_eq(pl_str_sub(has, 0, wanted.len), wanted) &&
           (has.len == wanted.len || has.at[wanted.len] == '/');
}

static struct pl_image_choices filter(struct pl_image_reading *reading,
                                      const struct pl_image_choices *from,
                                      fits_fn fits, struct pl_str wanted)
{
    struct pl_image_choices left = {0};
    for (size_t i = 0; i < from->list.len; i++)
        if (fits(&from->list.at[i], wanted))
            pl_vec_push(reading->arena, &left.list, from->list.at[i]);
    return left;
}

static void describe(struct pl_buf *out, const struct pl_image_choice *choice)
{
    struct pl_str name = choice->names.list.len ? choice->names.list.at[0]
                         : choice->digest.len   ? choice->digest
                                                : choice->config;
    pl_buf_addf(out, "%s%.*s", out->len ? "\n" : "", PL_STR_ARG(name));
    if (choice->platform.len)
        pl_buf_addf(out, " (%.*s)", PL_STR_ARG(choice->platform));
}

/* What could have been meant, and how to say it. */
static bool unclear(struct pl_image_reading *reading,
                    const struct pl_image_choices *choices, const char *what,
                    struct pl_str wanted)
{
    PL_BUF(list, PL_MAX_MESSAGE_BYTES / 2);
    for (size_t i = 0; i < choices->list.len; i++)
        describe(&list, &choices->list.at[i]);
    pl_error_plain(reading->err, PL_ERR_USAGE, "the archive holds %s%.*s", what,
                   PL_STR_ARG(wanted));
    pl_error_because(reading->err, "it holds these:\n%.*s",
                     PL_STR_ARG(pl_buf_view(&list)));
    return pl_error_hint(reading->err, "say which one with --image NAME or "
                                       "--platform OS/ARCH");
}

/* An index need not say it, the configuration does. */
static bool learn_platforms(struct pl_image_reading *reading,
                            struct pl_image_choices *choices)
{
    for (size_t i = 0; i < choices->list.len; i++) {
        struct pl_image_choice *choice = &choices->list.at[i];
        struct pl_image image = {0};
        struct pl_image_config config = {.image = &image};
        if (choice->platform.len)
            continue;
        if (!choice->config.len && !pl_image_manifest(reading, choice))
            return false;
        if (!pl_image_config(reading, choice->config, &config))
            return false;
        choice->platform =
            pl_image_platform(reading->arena, image.os, image.arch, PL_STR(""));
    }
    return true;
}

static bool choose_platform(struct pl_image_reading *reading,
                            struct pl_image_choices *left)
{
    struct pl_str wanted = reading->options->platform;
    struct pl_str usual = PL_STR(DEFAULT_PLATFORM);
    if (left->list.len == 1 && !wanted.len)
        return true;
    if (!learn_platforms(reading, left))
        return false;
    struct pl_image_choices fitting =
        filter(reading, left, fits_platform, wanted.len ? wanted : usual);
    if (wanted.len && !fitting.list.len)
        return unclear(reading, left, "no image for ", wanted);
    if (fitting.list.len)
        *left = fitting;
    return true;
}

static bool choose_name(struct pl_image_reading *reading,
                        struct pl_image_choices *left)
{
    struct pl_image_names wanted = {0};
    pl_image_name_add(reading->arena, &wanted, reading->options->name);
    if (left->list.len == 1)
        return true;
    if (!wanted.list.len)
        return unclear(reading, left, "several images", PL_STR(""));
    struct pl_image_choices named =
        filter(reading, left, has_name, wanted.list.at[0]);
    if (named.list.len != 1)
        return unclear(reading, left,
                       named.list.len ? "several images " : "no image ",
                       wanted.list.at[0]);
    *left = named;
    return true;
}

static bool choose(struct pl_image_reading *reading,
                   const struct pl_image_choices *all,
                   struct pl_image_choice *out)
{
    struct pl_str member;
    struct pl_image_choices left = filter(reading, all, is_present, PL_STR(""));
    if (!all->list.len)
        return pl_error_plain(reading->err, PL_ERR_INPUT,
                              "the archive holds no image");
    if (!left.list.len)
        return pl_image_digest_member(reading, all->list.at[0].digest,
                                      &member) &&
               missing(reading, member);
    if (!choose_platform(reading, &left) || !choose_name(reading, &left))
        return false;
    *out = left.list.at[0];
    return true;
}

/* ---- the one that was chosen ---- */

static bool check_diff_id(struct pl_image_reading *reading,
                          const struct pl_image_config *config, size_t i,
                          const struct pl_image_blob *blob)
{
    struct pl_str stated, id;
    if (i >= config->diff_ids.len || blob->is_packed)
        return true;
    id = config->diff_ids.at[i];
    stated = pl_str_sub(id, strlen(SHA256), id.len);
    return !pl_str_starts(id, SHA256) || pl_str_eq(stated, blob->sha256) ||
           differs(reading, blob->name, stated, blob->sha256);
}

static bool find_layer(struct pl_image_reading *reading, struct pl_str member,
                       struct pl_image_blob **out)
{
    struct pl_image_blob *blob = pl_image_blobs_find(reading->blobs, member);
    if (!blob)
        return missing(reading, member);
    if (!pl_image_check(reading, blob))
        return false;
    if (blob->kind != PL_BLOB_LAYER)
        return pl_error_plain(reading->err, PL_ERR_INPUT,
                              "layer %.*s is no tar archive, plain, gzip or "
                              "zstd",
                              PL_STR_ARG(member));
    *out = blob;
    if (!blob->is_bad)
        return true;
    if (reading->err)
        *reading->err = blob->bad;
    return pl_error_wrap(reading->err, "layer %.*s", PL_STR_ARG(member));
}

static bool find_layers(struct pl_image_reading *reading,
                        const struct pl_image_choice *choice,
                        const struct pl_image_config *config,
                        struct pl_image_plan *out)
{
    size_t count = choice->layers.len;
    out->image.layer_count = count;
    out->layers = pl_new_array(reading->arena, struct pl_image_blob *, count);
    for (size_t i = 0; i < count; i++)
        if (!find_layer(reading, choice->layers.at[i], &out->layers[i]) ||
            !check_diff_id(reading, config, i, out->layers[i]))
            return false;
    return true;
}

/* manifest.json beside an OCI layout has the names that users gave. */
static bool add_saved_names(struct pl_image_reading *reading,
                            struct pl_image_choice *choice)
{
    struct pl_image_choices saved = {0};
    if (!pl_image_blobs_find(reading->blobs, PL_STR("manifest.json")))
        return true;
    if (!read_manifest_json(reading, &saved))
        return false;
    for (size_t i = 0; i < saved.list.len; i++) {
        struct pl_image_choice *one = &saved.list.at[i];
        for (size_t j = 0; j < one->names.list.len; j++)
            if (pl_str_eq(one->config, choice->config))
                pl_image_name_add(reading->arena, &choice->names,
                                  one->names.list.at[j]);
    }
    return true;
}

static bool build(struct pl_image_reading *reading,
                  struct pl_image_choice *choice, struct pl_image_plan *out)
{
    struct pl_image_plan plan = {0};
    struct pl_image_config config = {.image = &plan.image};
    const struct pl_image_blob *blob;
    if (!pl_image_config(reading, choice->config, &config) ||
        !find_layers(reading, choice, &config, &plan))
        return false;
    blob = pl_image_blobs_find(reading->blobs, choice->config);
    plan.image.id = pl_arena_printf(reading->arena, SHA256 "%.*s",
                                    PL_STR_ARG(blob->sha256));
    plan.image.digest = choice->digest;
    plan.image.references = choice->names.list.at;
    plan.image.reference_count = choice->names.list.len;
    *out = plan;
    return true;
}

bool pl_image_choose(struct pl_arena *arena, const struct pl_image_blobs *blobs,
                     const struct pl_image_options *options,
                     struct pl_image_plan *out, struct pl_error *err)
{
    struct pl_image_reading reading = {arena, blobs, options, err};
    struct pl_image_choices all = {0};
    struct pl_image_choice choice;
    bool is_layout = pl_image_blobs_find(blobs, PL_STR("index.json")) != NULL;
    if (!is_layout && !pl_image_blobs_find(blobs, PL_STR("manifest.json"))) {
        pl_error_plain(err, PL_ERR_INPUT,
                       "it is no image archive: no manifest.json and no "
                       "index.json");
        return pl_error_hint(err, "`docker save IMAGE -o FILE` writes one; "
                                  "unpack what `docker export` writes, and "
                                  "give the folder to --root");
    }
    if (!(is_layout ? pl_image_index(&reading, &all)
                    : read_manifest_json(&reading, &all)) ||
        !choose(&reading, &all, &choice))
        return false;
    if (is_layout && !choice.layers.len && !choice.config.len &&
        !pl_image_manifest(&reading, &choice))
        return false;
    return (!is_layout || add_saved_names(&reading, &choice)) &&
           build(&reading, &choice, out);
}
