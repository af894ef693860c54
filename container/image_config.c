#include "container/image_manifest_internal.h"
#include "core/limits.h"

/* What no process can have in its environment is left out. */
static bool read_vars(struct pl_image_reading *reading, struct pl_str member,
                      struct pl_json_value list, struct pl_image *out)
{
    struct pl_json_iter it = pl_json_items(list);
    struct pl_json_value value;
    struct pl_str text;
    PL_VEC(const char *) vars = {0};
    while (pl_json_next(&it, NULL, &value)) {
        if (vars.len == PL_MAX_IMAGE_SETTINGS)
            return pl_image_too_many(reading, member, "variables",
                                     PL_MAX_IMAGE_SETTINGS);
        if (pl_json_str(value, &text) && !pl_str_has(text, '\0') &&
            pl_str_has(text, '='))
            pl_vec_push(reading->arena, &vars,
                        pl_arena_dup(reading->arena, text).at);
    }
    pl_vec_push(reading->arena, &vars, NULL);
    out->vars = vars.at;
    return true;
}

static bool read_labels(struct pl_image_reading *reading, struct pl_str member,
                        struct pl_json_value object, struct pl_image *out)
{
    struct pl_json_iter it = pl_json_items(object);
    struct pl_json_value value;
    struct pl_str key, text;
    PL_VEC(struct pl_image_label) labels = {0};
    while (pl_json_next(&it, &key, &value)) {
        if (labels.len == PL_MAX_IMAGE_SETTINGS)
            return pl_image_too_many(reading, member, "labels",
                                     PL_MAX_IMAGE_SETTINGS);
        struct pl_image_label label = {.name =
                                           pl_arena_dup(reading->arena, key)};
        if (!key.len || !pl_json_str(value, &text))
            continue;
        label.value = pl_arena_dup(reading->arena, text);
        pl_vec_push(reading->arena, &labels, label);
    }
    out->labels = labels.at;
    out->label_count = labels.len;
    return true;
}

static bool read_diff_ids(struct pl_image_reading *reading,
                          struct pl_str member, struct pl_json_value list,
                          struct pl_image_config *out)
{
    struct pl_json_iter it = pl_json_items(list);
    struct pl_json_value value;
    struct pl_str text;
    while (pl_json_next(&it, NULL, &value)) {
        if (out->diff_ids.len == PL_MAX_IMAGE_LAYERS)
            return pl_image_too_many(reading, member, "layers",
                                     PL_MAX_IMAGE_LAYERS);
        if (!pl_json_str(value, &text))
            text = PL_STR("");
        pl_vec_push(reading->arena, &out->diff_ids,
                    pl_arena_dup(reading->arena, text));
    }
    return true;
}

static struct pl_str text_of(struct pl_image_reading *reading,
                             struct pl_json_value object, const char *key)
{
    struct pl_str text = PL_STR("");
    return pl_json_get_str(object, key, &text)
               ? pl_arena_dup(reading->arena, text)
               : text;
}

static struct pl_json_value member_of(struct pl_json_value object,
                                      const char *key)
{
    struct pl_json_value value = object;
    return pl_json_get(object, key, &value) ? value : object;
}

bool pl_image_config(struct pl_image_reading *reading, struct pl_str member,
                     struct pl_image_config *out)
{
    struct pl_json *doc PL_CLEANUP(pl_image_json_drop) = NULL;
    struct pl_image *image = out->image;
    struct pl_json_value root, config, value;
    if (!pl_image_json(reading, member, &doc))
        return false;
    root = pl_json_root(doc);
    image->os = text_of(reading, root, "os");
    image->arch = text_of(reading, root, "architecture");
    config = member_of(root, "config");
    if (pl_json_get(config, "Env", &value) &&
        !read_vars(reading, member, value, image))
        return false;
    if (pl_json_get(config, "Labels", &value) &&
        !read_labels(reading, member, value, image))
        return false;
    return !pl_json_get(member_of(root, "rootfs"), "diff_ids", &value) ||
           read_diff_ids(reading, member, value, out);
}
