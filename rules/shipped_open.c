#include "rules/shipped.h"

#include "core/file.h"
#include "core/toml_packed.h"

const struct pl_source *pl_shipped_source(struct pl_arena *arena,
                                          const struct pl_shipped_file *file)
{
    struct pl_str name = pl_path_join(arena, PL_STR("rules"), file->name);
    return pl_source_from_text(arena, name, file->text);
}

struct pl_toml *pl_shipped_open(const struct pl_source *source,
                                const struct pl_shipped_file *file)
{
    struct pl_toml *doc;
    if (file->packed.len)
        return pl_toml_unpack(source, file->packed);
    /* rules/embed.c has parsed the same text. */
    if (!pl_toml_parse(source, &doc, NULL))
        pl_out_of_memory();
    return doc;
}
