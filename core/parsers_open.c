#include "core/parsers.h"

#include <dlfcn.h>

#define LIBRARY "libpodlock-parsers.so"

/* Loaded at most once. Values of a document exist only after it was. */
static const struct pl_parsers *parsers;

/* Beside the program first (RUNPATH), then where it was installed. */
static void *open_library(void)
{
    void *library = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
    return library ? library
                   : dlopen(PL_PARSERS_DIR "/" LIBRARY, RTLD_NOW | RTLD_LOCAL);
}

static bool load(struct pl_error *err)
{
    if (parsers)
        return true;
    void *library = open_library();
    const struct pl_parsers *table =
        library ? dlsym(library, PL_PARSERS_TABLE) : NULL;
    if (!table) {
        const char *why = dlerror();
        pl_error_plain(err, PL_ERR_FILE,
                       "what podlock needs to read JSON and TOML cannot be "
                       "loaded");
        return pl_error_because(err, "%s", why ? why : "no reason is known");
    }
    if (table->version != PL_PARSERS_VERSION)
        return pl_error_plain(err, PL_ERR_FILE,
                              LIBRARY " is of another version of podlock");
    parsers = table;
    return true;
}

bool pl_toml_parse_full(const struct pl_source *source, struct pl_toml **out,
                        struct pl_error *err)
{
    return load(err) && parsers->toml_parse(source, out, err);
}

bool pl_json_parse(struct pl_str text, struct pl_json **out,
                   struct pl_error *err)
{
    return load(err) && parsers->json_parse(text, out, err);
}

void pl_json_destroy(struct pl_json *doc)
{
    if (doc)
        parsers->json_destroy(doc);
}

struct pl_json_value pl_json_root(const struct pl_json *doc)
{
    return parsers->json_root(doc);
}

enum pl_json_type pl_json_type(struct pl_json_value value)
{
    return parsers->json_type(value);
}

bool pl_json_get(struct pl_json_value object, const char *key,
                 struct pl_json_value *out)
{
    return parsers->json_get(object, key, out);
}

bool pl_json_str(struct pl_json_value value, struct pl_str *out)
{
    return parsers->json_str(value, out);
}

bool pl_json_bool(struct pl_json_value value, bool *out)
{
    return parsers->json_bool(value, out);
}

bool pl_json_u64(struct pl_json_value value, uint64_t *out)
{
    return parsers->json_u64(value, out);
}

bool pl_json_get_str(struct pl_json_value object, const char *key,
                     struct pl_str *out)
{
    return parsers->json_get_str(object, key, out);
}

struct pl_json_iter pl_json_items(struct pl_json_value container)
{
    return parsers->json_items(container);
}

bool pl_json_next(struct pl_json_iter *it, struct pl_str *key,
                  struct pl_json_value *value)
{
    return parsers->json_next(it, key, value);
}
