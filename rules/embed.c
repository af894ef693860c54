/*
 * Build tool, not part of the library: writes rules/shipped.h's tables as C.
 *
 *     embed [--texts] FILE... >shipped.c
 *
 * The files are those that rules/meson.build lists; their order does not
 * matter. Parsing happens here, once, instead of at every start; --texts leaves
 * out what came of it, for a program of half the size that parses itself.
 */
#include <stdio.h>

#include "core/digest.h"
#include "core/file.h"
#include "core/limits.h"
#include "core/toml.h"
#include "core/toml_packed.h"
#include "pep/pack.h"

struct input {
    struct pl_str name; /* "templates/ID.toml" */
    const struct pl_source *source;
    struct pl_toml *doc;
    bool is_text; /* only the text is written */
};

/* Without the suffix, so that templates come in the order of their ids. */
static struct pl_str stem(const struct input *input)
{
    return pl_str_sub(input->name, 0, input->name.len - strlen(".toml"));
}

static int compare_inputs(const void *a, const void *b)
{
    return pl_str_cmp(stem(a), stem(b));
}

/* "templates/ID.toml" and "abi/FILE.toml", or the base name. */
static struct pl_str short_name(struct pl_arena *arena, struct pl_str path)
{
    struct pl_str base = pl_path_base(path);
    struct pl_str folder = pl_path_base(pl_path_dir(path));
    if (pl_str_is(folder, "templates") || pl_str_is(folder, "abi"))
        return pl_path_join(arena, folder, base);
    return base;
}

static bool is_template(const struct input *input)
{
    return pl_str_starts(input->name, "templates/");
}

/* ---- strings ---- */

/* Octal for all that could end the literal, or join with what follows. */
static void put_char(struct pl_buf *out, unsigned char c)
{
    if (pl_is_alnum((char)c) || (c && strchr(" !#%&'()*+,-./:;<=>[]_`{|}", c)))
        pl_buf_add_char(out, (char)c);
    else
        pl_buf_addf(out, "\\%03o", c);
}

static void put_literal(struct pl_buf *out, struct pl_str text)
{
    pl_buf_add_cstr(out, "{\"");
    for (size_t i = 0; i < text.len; i++) {
        if (i && i % 64 == 0)
            pl_buf_add_cstr(out, "\"\n\"");
        put_char(out, (unsigned char)text.at[i]);
    }
    pl_buf_addf(out, "\", %zu}", text.len);
}

static void put_member(struct pl_buf *out, const char *name, struct pl_str text)
{
    pl_buf_addf(out, "    .%s = ", name);
    put_literal(out, text);
    pl_buf_add_cstr(out, ",\n");
}

/* ---- requirements ---- */

static const struct pl_toml_node *member_of(const struct input *input,
                                            const char *key)
{
    const struct pl_toml_node *node = NULL;
    pl_toml_get(pl_toml_root(input->doc), key, &node);
    return node;
}

static void pack_array(struct pl_arena *arena, struct pl_packer *packer,
                       const struct pl_toml_node *table, const char *key)
{
    const struct pl_toml_node *array;
    struct pl_requirement requirement;
    struct pl_str text;
    if (!table || !pl_toml_get(table, key, &array))
        return;
    for (size_t i = 0; i < pl_toml_count(array); i++) {
        if (pl_toml_str(pl_toml_at(array, i), &text) &&
            pl_requirement_parse_lenient(arena, text, &requirement, NULL, NULL))
            pl_pack_requirement(packer, &requirement);
        else
            packer->out->over = true; /* one too few: the build must fail */
    }
}

/* As rules/template.c reads them: constraints, then those of the packages. */
static void pack_requirements(struct pl_arena *arena, const struct input *input,
                              struct pl_buf *out)
{
    struct pl_packer packer = {.out = out};
    const struct pl_toml_node *packages = member_of(input, "package");
    pack_array(arena, &packer, member_of(input, "environment"), "constraints");
    for (size_t i = 0; packages && i < pl_toml_count(packages); i++)
        pack_array(arena, &packer, pl_toml_at(packages, i), "requires");
}

/* ---- tables ---- */

static void put_file(struct pl_buf *out, struct pl_arena *arena,
                     const struct input *input)
{
    PL_BUF(packed, PL_MAX_USER_FILE_BYTES);
    PL_BUF(requirements, PL_MAX_USER_FILE_BYTES);
    if (!input->is_text)
        pl_toml_pack(input->doc, &packed);
    pl_buf_add_cstr(out, "{\n");
    put_member(out, "name", input->name);
    put_member(out, "text", input->source->text);
    put_member(out, "packed", pl_buf_view(&packed));
    if (is_template(input) && !input->is_text)
        pack_requirements(arena, input, &requirements);
    out->over |= !pl_buf_ok(&requirements);
    put_member(out, "requirements", pl_buf_view(&requirements));
    put_member(out, "sha256", pl_sha256_hex(arena, input->source->text));
    pl_buf_add_cstr(out, "},\n");
}

static void put_files(struct pl_buf *out, struct pl_arena *arena,
                      const struct input *inputs, size_t count)
{
    pl_buf_add_cstr(out,
                    "const struct pl_shipped_file pl_shipped_files[] = {\n");
    for (size_t i = 0; i < count; i++)
        put_file(out, arena, &inputs[i]);
    pl_buf_addf(out, "};\nconst size_t pl_shipped_file_count = %zu;\n", count);
}

static struct pl_str string_of(const struct pl_toml_node *table,
                               const char *key)
{
    const struct pl_toml_node *node;
    struct pl_str text = {0};
    if (table && pl_toml_get(table, key, &node))
        pl_toml_str(node, &text);
    return text;
}

static struct pl_str torch_of(const struct input *input)
{
    const struct pl_toml_node *packages = member_of(input, "package");
    for (size_t i = 0; packages && i < pl_toml_count(packages); i++) {
        const struct pl_toml_node *row = pl_toml_at(packages, i);
        if (!pl_str_is(string_of(row, "name"), "torch"))
            continue;
        struct pl_str stands_for = string_of(row, "treat-as");
        return stands_for.len ? stands_for : string_of(row, "version");
    }
    return (struct pl_str){0};
}

/* Gives the number of strings; an array without any is not written. */
static size_t put_array(struct pl_buf *out, const struct input *input,
                        size_t number, const char *key, const char *name)
{
    const struct pl_toml_node *array = member_of(input, key);
    size_t count = array ? pl_toml_count(array) : 0;
    if (!count)
        return 0;
    pl_buf_addf(out, "static const struct pl_str %s_%zu[] = {\n", name, number);
    for (size_t i = 0; i < count; i++) {
        struct pl_str text = {0};
        pl_toml_str(pl_toml_at(array, i), &text);
        put_literal(out, text);
        pl_buf_add_cstr(out, ",\n");
    }
    pl_buf_add_cstr(out, "};\n");
    return count;
}

static void put_template(struct pl_buf *out, const struct input *input,
                         size_t number, size_t images, size_t digests)
{
    const struct pl_toml_node *env = member_of(input, "environment");
    pl_buf_add_cstr(out, "{\n");
    put_member(out, "id", string_of(pl_toml_root(input->doc), "id"));
    put_member(out, "python", string_of(env, "python"));
    put_member(out, "os", string_of(env, "os"));
    put_member(out, "cuda", string_of(env, "cuda"));
    put_member(out, "released",
               string_of(member_of(input, "provenance"), "released"));
    put_member(out, "torch", torch_of(input));
    pl_buf_addf(out, "    .file = &pl_shipped_files[%zu],\n", number);
    if (images)
        pl_buf_addf(out, "    .images = images_%zu, .image_count = %zu,\n",
                    number, images);
    if (digests)
        pl_buf_addf(out, "    .digests = digests_%zu, .digest_count = %zu,\n",
                    number, digests);
    pl_buf_add_cstr(out, "},\n");
}

static void put_templates(struct pl_buf *out, struct pl_arena *arena,
                          const struct input *inputs, size_t count)
{
    size_t *images = pl_new_array(arena, size_t, count);
    size_t *digests = pl_new_array(arena, size_t, count);
    size_t written = 0;
    for (size_t i = 0; i < count; i++) {
        if (!is_template(&inputs[i]))
            continue;
        images[i] = put_array(out, &inputs[i], i, "images", "images");
        digests[i] = put_array(out, &inputs[i], i, "image-digests", "digests");
    }
    pl_buf_add_cstr(
        out, "const struct pl_shipped_template pl_shipped_templates[] = {\n");
    for (size_t i = 0; i < count; i++) {
        if (!is_template(&inputs[i]))
            continue;
        put_template(out, &inputs[i], i, images[i], digests[i]);
        written++;
    }
    pl_buf_addf(out, "};\nconst size_t pl_shipped_template_count = %zu;\n",
                written);
}

/* ---- the program ---- */

static bool open_input(struct pl_arena *arena, const char *path,
                       struct input *input, struct pl_error *err)
{
    struct pl_str name = pl_str_from(path);
    input->name = short_name(arena, name);
    if (!pl_str_ends(name, ".toml"))
        return pl_error_plain(err, PL_ERR_USAGE, "%s does not end in .toml",
                              path);
    return pl_source_load(arena, name, &input->source, err) &&
           pl_toml_parse(input->source, &input->doc, err);
}

static int fail(const struct pl_error *err)
{
    PL_BUF(text, PL_MAX_MESSAGE_BYTES);
    pl_error_print(err, "error", false, &text);
    fwrite(text.data, 1, text.len, stderr);
    return 1;
}

static bool write_all(struct pl_arena *arena, const struct input *inputs,
                      size_t count)
{
    PL_BUF(out, PL_MAX_OUTPUT_BYTES);
    pl_buf_add_cstr(
        &out, "/* Written by rules/embed.c. */\n"
              "#include \"rules/shipped.h\"\n"
              "#pragma GCC diagnostic ignored \"-Woverlength-strings\"\n");
    put_files(&out, arena, inputs, count);
    put_templates(&out, arena, inputs, count);
    return pl_buf_ok(&out) && fwrite(out.data, 1, out.len, stdout) == out.len &&
           fflush(stdout) == 0;
}

int main(int argc, char **argv)
{
    PL_ARENA(arena);
    struct pl_error err = {.arena = &arena};
    bool texts = argc > 1 && strcmp(argv[1], "--texts") == 0;
    size_t first = texts ? 2 : 1, count = (size_t)argc - first;
    struct input *inputs = pl_new_array(&arena, struct input, count);
    for (size_t i = 0; i < count; i++)
        if (!open_input(&arena, argv[first + i], &inputs[i], &err))
            return fail(&err);
    for (size_t i = 0; i < count; i++)
        inputs[i].is_text = texts;
    qsort(inputs, count, sizeof(*inputs), compare_inputs);
    bool good = write_all(&arena, inputs, count);
    for (size_t i = 0; i < count; i++)
        pl_toml_destroy(inputs[i].doc);
    return good ? 0 : 1;
}
