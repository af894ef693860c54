#include "cli/resolve_setup.h"
#include "container/dockerfile_check.h"
#include "core/file.h"
#include "core/limits.h"

/* A Dockerfile that is none is no business of a lock's: it names nothing. */
static bool read_dockerfile(struct pl_arena *arena, struct pl_str path,
                            struct pl_str *found, struct pl_error *err)
{
    const struct pl_source *source;
    struct pl_template known;
    if (!pl_file_exists(path))
        return true;
    if (!pl_source_load(arena, path, &source, err))
        return false;
    (void)!pl_dockerfile_image(arena, source, found, &known, NULL);
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
