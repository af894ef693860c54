/*
 * index.json, manifest.json, a manifest and a configuration, with a NUL
 * between them. The manifest and the configuration lie under every digest that
 * something names, so that hashes do not stop the fuzzer.
 */
#include "container/image_manifest.h"
#include "core/limits.h"
#include "tests/fuzz/fuzz.h"

static struct pl_image_blob *add(struct pl_image_blobs *blobs,
                                 struct pl_str name, struct pl_str text)
{
    struct pl_image_blob *blob = pl_new(blobs->arena, struct pl_image_blob);
    blob->name = name;
    blob->kind = PL_BLOB_TEXT;
    blob->text = pl_arena_dup(blobs->arena, text);
    pl_map_put(&blobs->by_name, name, blob);
    return blob;
}

/* Under a digest: that digest is what it has. */
static void add_blob(struct pl_image_blobs *blobs, char digit,
                     struct pl_str text)
{
    struct pl_str name = pl_arena_printf(blobs->arena, "blobs/sha256/%064d", 0);
    char *hex = (char *)name.at + strlen("blobs/sha256/");
    memset(hex, digit, 64);
    add(blobs, name, text)->sha256 = (struct pl_str){hex, 64};
}

static void add_layer(struct pl_image_blobs *blobs, struct pl_str name)
{
    struct pl_image_blob *blob = add(blobs, name, PL_STR(""));
    blob->kind = PL_BLOB_LAYER;
    blob->sha256 = pl_str_sub(name, name.len - 64, name.len);
    blob->files = pl_image_files(blobs->arena, &blobs->spent);
}

static void check(const struct pl_image_plan *plan)
{
    PL_FUZZ_WANT(plan->image.layer_count <= PL_MAX_IMAGE_LAYERS);
    for (size_t i = 0; i < plan->image.layer_count; i++)
        PL_FUZZ_WANT(plan->layers[i]->kind == PL_BLOB_LAYER);
    for (size_t i = 0; plan->image.vars && plan->image.vars[i]; i++)
        PL_FUZZ_WANT(strchr(plan->image.vars[i], '='));
    for (size_t i = 0; i < plan->image.reference_count; i++)
        PL_FUZZ_WANT(plan->image.references[i].len > 0);
}

static void choose(struct pl_arena *arena, const struct pl_image_blobs *blobs,
                   struct pl_str platform)
{
    struct pl_error err = {.arena = arena};
    struct pl_image_options options = {.platform = platform};
    struct pl_image_plan plan;
    if (pl_image_choose(arena, blobs, &options, &plan, &err))
        check(&plan);
    else
        PL_FUZZ_WANT(err.message.len &&
                     (err.code == PL_ERR_INPUT || err.code == PL_ERR_USAGE ||
                      err.code == PL_ERR_INTEGRITY ||
                      err.code == PL_ERR_LIMIT));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    PL_ARENA(arena);
    struct pl_image_blobs blobs = {.arena = &arena, .by_name.arena = &arena};
    struct pl_str rest = pl_fuzz_text(data, size), text[4] = {{0}};
    for (size_t i = 0; i < PL_COUNT(text); i++)
        if (!pl_str_cut(&rest, '\0', &text[i]))
            break;
    if (text[0].len)
        add(&blobs, PL_STR("index.json"), text[0]);
    if (text[1].len)
        add(&blobs, PL_STR("manifest.json"), text[1]);
    add_blob(&blobs, 'a', text[2]);
    add_blob(&blobs, 'b', text[3]);
    add(&blobs, PL_STR("c.json"), text[3]);
    add_layer(&blobs, pl_arena_printf(&arena, "blobs/sha256/%064d", 0));
    add_layer(&blobs, pl_arena_printf(&arena, "layer.tar%064d", 0));
    choose(&arena, &blobs, PL_STR(""));
    choose(&arena, &blobs, PL_STR("linux/arm64"));
    return 0;
}
