#include "cli/resolve_setup.h"
#include "core/file.h"
#include "core/limits.h"

/* The image of `FROM [--platform=X] IMAGE [AS NAME]`; empty when it is not. */
static struct pl_str from_image(struct pl_str line)
{
    struct pl_str word, rest = pl_str_trim(line), image = {0};
    if (!pl_str_cut(&rest, ' ', &word) || !pl_str_is_nocase(word, "from"))
        return image;
    while (!image.len && pl_str_cut(&rest, ' ', &word))
        if (word.len && word.at[0] != '-')
            image = pl_str_trim(word);
    return pl_str_has(image, '$') ? (struct pl_str){0} : image;
}

static bool read_dockerfile(struct pl_arena *arena, struct pl_str path,
                            struct pl_str *found, struct pl_error *err)
{
    const struct pl_source *source;
    if (!pl_file_exists(path))
        return true;
    if (!pl_source_load(arena, path, &source, err))
        return false;
    struct pl_str rest = source->text, line, image = {0};
    while (pl_str_cut(&rest, '\n', &line)) {
        struct pl_str named = from_image(line);
        if (named.len)
            image = named;
    }
    struct pl_template known;
    if (image.len && pl_template_find(arena, image, &known, NULL))
        *found = image;
    return true;
}

bool pl_setup_find_template(struct pl_arena *arena,
                            const struct pl_resolve_options *options,
                            const struct pl_inputs *inputs,
                            struct pl_str first_input, struct pl_str *found,
                            struct pl_str *from, struct pl_error *err)
{
    *found = options->template_wanted;
    *from = PL_STR("--template");
    if (found->len)
        return true;
    *found = inputs->template_id;
    *from = inputs->template_id.len ? inputs->template_span.source->name
                                    : (struct pl_str){0};
    if (found->len)
        return true;
    *found = options->config_template;
    *from = options->config_origin;
    if (found->len)
        return true;
    struct pl_str dir =
        pl_str_is(first_input, "-") ? PL_STR(".") : pl_path_dir(first_input);
    *from = PL_STR("Dockerfile");
    return read_dockerfile(arena, pl_path_join(arena, dir, *from), found, err);
}
