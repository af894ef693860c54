#include "container/image_manifest_internal.h"
#include "core/limits.h"

#define NAME_KEY "io.containerd.image.name"
#define REF_KEY "org.opencontainers.image.ref.name"
#define NO_IMAGE_KEY "vnd.docker.reference.type" /* an attestation */

struct pl_str pl_image_platform(struct pl_arena *arena, struct pl_str os,
                                struct pl_str arch, struct pl_str variant)
{
    if (!os.len || !arch.len)
        return PL_STR("");
    return pl_arena_printf(arena, "%.*s/%.*s%s%.*s", PL_STR_ARG(os),
                           PL_STR_ARG(arch), variant.len ? "/" : "",
                           PL_STR_ARG(variant));
}

static struct pl_str platform_of(struct pl_arena *arena,
                                 struct pl_json_value descriptor)
{
    struct pl_json_value platform;
    struct pl_str os = PL_STR(""), arch = PL_STR(""), variant = PL_STR("");
    if (!pl_json_get(descriptor, "platform", &platform))
        return PL_STR("");
    (void)!pl_json_get_str(platform, "os", &os);
    (void)!pl_json_get_str(platform, "architecture", &arch);
    (void)!pl_json_get_str(platform, "variant", &variant);
    return pl_image_platform(arena, os, arch, variant);
}

void pl_image_name_add(struct pl_arena *arena, struct pl_image_names *names,
                       struct pl_str name)
{
    static const char *const hubs[] = {"docker.io/library/", "docker.io/"};
    for (size_t i = 0; i < PL_COUNT(hubs); i++)
        if (pl_str_starts(name, hubs[i]))
            name = pl_str_sub(name, strlen(hubs[i]), name.len);
    if (name.len && !pl_str_in(name, names->list.at, names->list.len))
        pl_vec_push(arena, &names->list, pl_arena_dup(arena, name));
}

/* A tag alone ("latest") names no image. */
static struct pl_str name_of(struct pl_json_value descriptor)
{
    struct pl_json_value notes;
    struct pl_str name = PL_STR("");
    if (!pl_json_get(descriptor, "annotations", &notes) ||
        pl_json_get_str(notes, NAME_KEY, &name) ||
        !pl_json_get_str(notes, REF_KEY, &name))
        return name;
    return pl_str_has(name, '/') || pl_str_has(name, ':') ? name : PL_STR("");
}

static bool is_image(struct pl_json_value descriptor, struct pl_str platform)
{
    struct pl_json_value notes;
    struct pl_str type;
    return !pl_str_is(platform, "unknown/unknown") &&
           !(pl_json_get(descriptor, "annotations", &notes) &&
             pl_json_get_str(notes, NO_IMAGE_KEY, &type));
}

struct walk {
    struct pl_image_reading *reading;
    struct pl_image_choices *out;
    size_t seen; /* descriptors: an index may be named often */
};

static bool too_many(struct walk *walk)
{
    return pl_error_plain(walk->reading->err, PL_ERR_LIMIT,
                          "the archive has more than %d images",
                          PL_MAX_IMAGE_CHOICES);
}

static struct pl_image_choice *choice_of(struct walk *walk,
                                         struct pl_str digest)
{
    for (size_t i = 0; i < walk->out->list.len; i++)
        if (pl_str_eq(walk->out->list.at[i].digest, digest))
            return &walk->out->list.at[i];
    struct pl_image_choice choice = {
        .digest = pl_arena_dup(walk->reading->arena, digest)};
    pl_vec_push(walk->reading->arena, &walk->out->list, choice);
    return &walk->out->list.at[walk->out->list.len - 1];
}

static void add_choice(struct walk *walk, struct pl_str digest,
                       struct pl_str name, struct pl_str platform,
                       bool is_absent)
{
    struct pl_image_choice *choice = choice_of(walk, digest);
    if (!choice->platform.len)
        choice->platform = platform;
    choice->is_absent = is_absent;
    pl_image_name_add(walk->reading->arena, &choice->names, name);
}

static bool walk_list(struct walk *walk, struct pl_json_value index,
                      struct pl_str name, int depth);

/* What a descriptor is, its blob says: media types are not always there. */
static bool walk_descriptor(struct walk *walk, struct pl_json_value descriptor,
                            struct pl_str name, int depth)
{
    struct pl_image_reading *reading = walk->reading;
    struct pl_json *doc PL_CLEANUP(pl_image_json_drop) = NULL;
    struct pl_str digest, member, own = name_of(descriptor);
    struct pl_str platform = platform_of(reading->arena, descriptor);
    struct pl_json_value list;
    if (++walk->seen > PL_MAX_IMAGE_CHOICES)
        return too_many(walk);
    name = own.len ? own : name;
    if (!is_image(descriptor, platform))
        return true;
    if (!pl_json_get_str(descriptor, "digest", &digest))
        return pl_error_plain(reading->err, PL_ERR_INPUT,
                              "an entry of its index has no digest");
    if (!pl_image_digest_member(reading, digest, &member))
        return false;
    bool is_absent = !pl_image_blobs_find(reading->blobs, member);
    if (!is_absent && !pl_image_json(reading, member, &doc))
        return false;
    if (doc && pl_json_get(pl_json_root(doc), "manifests", &list))
        return walk_list(walk, pl_json_root(doc), name, depth + 1);
    add_choice(walk, digest, name, platform, is_absent);
    return true;
}

static bool walk_list(struct walk *walk, struct pl_json_value index,
                      struct pl_str name, int depth)
{
    struct pl_json_value list, descriptor;
    if (depth > PL_MAX_IMAGE_INDEX_DEPTH)
        return pl_error_plain(walk->reading->err, PL_ERR_LIMIT,
                              "its indexes are nested more than %d deep",
                              PL_MAX_IMAGE_INDEX_DEPTH);
    if (!pl_json_get(index, "manifests", &list) ||
        pl_json_type(list) != PL_JSON_ARRAY)
        return pl_error_plain(walk->reading->err, PL_ERR_INPUT,
                              "its index has no list of manifests");
    struct pl_json_iter it = pl_json_items(list);
    while (pl_json_next(&it, NULL, &descriptor))
        if (!walk_descriptor(walk, descriptor, name, depth))
            return false;
    return true;
}

bool pl_image_index(struct pl_image_reading *reading,
                    struct pl_image_choices *out)
{
    struct pl_json *doc PL_CLEANUP(pl_image_json_drop) = NULL;
    struct walk walk = {.reading = reading, .out = out};
    return pl_image_json(reading, PL_STR("index.json"), &doc) &&
           walk_list(&walk, pl_json_root(doc), PL_STR(""), 1);
}

static bool no_manifest(struct pl_image_reading *reading,
                        const struct pl_image_choice *choice)
{
    return pl_error_plain(reading->err, PL_ERR_INPUT,
                          "%.*s is no manifest: no layers, or no configuration",
                          PL_STR_ARG(choice->digest));
}

bool pl_image_manifest(struct pl_image_reading *reading,
                       struct pl_image_choice *choice)
{
    struct pl_json *doc PL_CLEANUP(pl_image_json_drop) = NULL;
    struct pl_json_value root, config, layers, layer;
    struct pl_str digest, member;
    if (!pl_image_digest_member(reading, choice->digest, &member) ||
        !pl_image_json(reading, member, &doc))
        return false;
    root = pl_json_root(doc);
    if (!pl_json_get(root, "config", &config) ||
        !pl_json_get_str(config, "digest", &digest) ||
        !pl_json_get(root, "layers", &layers) ||
        pl_json_type(layers) != PL_JSON_ARRAY)
        return no_manifest(reading, choice);
    if (!pl_image_digest_member(reading, digest, &choice->config))
        return false;
    struct pl_json_iter it = pl_json_items(layers);
    while (pl_json_next(&it, NULL, &layer)) {
        if (!pl_json_get_str(layer, "digest", &digest))
            return no_manifest(reading, choice);
        if (choice->layers.len == PL_MAX_IMAGE_LAYERS)
            return pl_image_too_many(reading, member, "layers",
                                     PL_MAX_IMAGE_LAYERS);
        if (!pl_image_digest_member(reading, digest, &member))
            return false;
        pl_vec_push(reading->arena, &choice->layers, member);
    }
    return true;
}
