/*
 * All that an image archive holds, as a line of JSON a path, for
 * tests/e2e/image_test.py.
 *
 *     image_probe FILE [PLATFORM [NAME]]
 *
 * The first line is of the image, the last one of the memory that was taken.
 */
#include "container/tree_image.h"
#include "core/jsonw.h"
#include "core/limits.h"

static const char *const types[] = {"absent", "file", "folder", "link",
                                    "other"};

static void print_line(struct pl_buf *line)
{
    struct pl_str text = pl_buf_view(line);
    for (size_t i = 0; i < text.len; i++)
        if (text.at[i] != '\n')
            putchar(text.at[i]);
    putchar('\n');
    pl_buf_clear(line);
}

static void print_path(struct pl_tree *tree, struct pl_arena *arena,
                       struct pl_str path, enum pl_node_type type)
{
    PL_BUF(line, PL_MAX_OUTPUT_BYTES);
    struct pl_jsonw w = pl_jsonw_to(&line);
    struct pl_node node = pl_tree_look(tree, path);
    struct pl_str text;
    pl_jsonw_object(&w, NULL);
    pl_jsonw_str(&w, "path", path);
    pl_jsonw_str(&w, "type", pl_str_from(types[type]));
    if (type == PL_NODE_LINK && pl_tree_link(tree, arena, path, &text))
        pl_jsonw_str(&w, "target", text);
    if (type == PL_NODE_FILE) {
        pl_jsonw_u64(&w, "size", node.size);
        pl_jsonw_bool(&w, "executable", node.is_executable);
        if (pl_tree_read(tree, arena, path, SIZE_MAX, &text, NULL))
            pl_jsonw_str(&w, "text", text);
    }
    pl_jsonw_end(&w);
    print_line(&line);
}

static bool print_folder(struct pl_tree *tree, struct pl_arena *arena,
                         struct pl_str folder, struct pl_error *err)
{
    struct pl_tree_entry *entries;
    size_t count;
    if (!pl_tree_list(tree, arena, folder, &entries, &count, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        struct pl_str path = pl_tree_path(arena, folder, entries[i].name, NULL);
        print_path(tree, arena, path, entries[i].type);
        if (entries[i].type == PL_NODE_FOLDER &&
            !print_folder(tree, arena, path, err))
            return false;
    }
    return true;
}

static void print_image(const struct pl_image *image)
{
    PL_BUF(line, PL_MAX_OUTPUT_BYTES);
    struct pl_jsonw w = pl_jsonw_to(&line);
    pl_jsonw_object(&w, NULL);
    pl_jsonw_str(&w, "id", image->id);
    pl_jsonw_str(&w, "digest", image->digest);
    pl_jsonw_str(&w, "os", image->os);
    pl_jsonw_str(&w, "arch", image->arch);
    pl_jsonw_u64(&w, "layers", image->layer_count);
    pl_jsonw_strs(&w, "references", image->references, image->reference_count);
    pl_jsonw_array(&w, "vars");
    for (size_t i = 0; image->vars && image->vars[i]; i++)
        pl_jsonw_str(&w, NULL, pl_str_from(image->vars[i]));
    pl_jsonw_end(&w);
    pl_jsonw_object(&w, "labels");
    for (size_t i = 0; i < image->label_count; i++)
        pl_jsonw_named_str(&w, image->labels[i].name, image->labels[i].value);
    pl_jsonw_end(&w);
    pl_jsonw_end(&w);
    print_line(&line);
}

static int fail(const struct pl_error *err)
{
    PL_BUF(out, PL_MAX_MESSAGE_BYTES);
    pl_error_print(err, "error", false, &out);
    fputs(out.data, stderr);
    return pl_error_exit_code(err->code);
}

int main(int argc, char **argv)
{
    PL_ARENA(arena);
    struct pl_error err = {.arena = &arena};
    struct pl_image_options options = {0};
    struct pl_image image;
    struct pl_tree *tree;
    if (argc < 2)
        return pl_error_exit_code(PL_ERR_USAGE);
    if (argc > 2)
        options.platform = pl_str_from(argv[2]);
    if (argc > 3)
        options.name = pl_str_from(argv[3]);
    if (!pl_image_open(&arena, pl_str_from(argv[1]), &options, &image, &tree,
                       &err))
        return fail(&err);
    size_t taken = arena.total;
    print_image(&image);
    if (!print_folder(tree, &arena, PL_STR("/"), &err))
        return fail(&err);
    pl_tree_close(tree);
    printf("{\"arena\": %zu}\n", taken);
    return 0;
}
