/*
 * Foreign strings, one a line of the input and `|` for a newline, in every
 * place of a lock: it stays TOML and gives them back, and the two text files
 * give no more packages than the lock has.
 */
#include "core/mask.h"
#include "core/toml.h"
#include "core/utf8.h"
#include "lockfmt/lock_write.h"
#include "lockfmt/reqs_write.h"
#include "tests/fuzz/reqfile_check.h"

#define STRINGS 12

struct strings {
    struct pl_str at[STRINGS];
};

static struct strings take_strings(struct pl_arena *arena, struct pl_str text)
{
    struct strings s = {0};
    struct pl_str line;
    for (size_t i = 0; i < STRINGS && pl_str_cut(&text, '\n', &line); i++) {
        char *copy = pl_arena_alloc(arena, line.len + 1);
        for (size_t k = 0; k < line.len; k++)
            copy[k] = line.at[k] == '|' ? '\n' : line.at[k];
        s.at[i] = (struct pl_str){copy, line.len};
    }
    return s;
}

static struct pl_lock_package package_of(struct strings *s)
{
    return (struct pl_lock_package){
        .name = s->at[0],
        .version = s->at[1],
        .requires_python = s->at[2],
        .index = s->at[3],
        .dependencies = &s->at[0],
        .dependency_count = 1,
        .via = &s->at[4],
        .via_count = 2,
        .rules = &s->at[5],
        .rule_count = 1,
        .file = {.name = s->at[6],
                 .url = s->at[7],
                 .path = s->at[7].len ? (struct pl_str){0} : s->at[8],
                 .upload_time = s->at[9],
                 .sha256 = s->at[10]},
    };
}

static void expect(const struct pl_toml_node *table, const char *key,
                   struct pl_str text)
{
    const struct pl_toml_node *node;
    struct pl_str found;
    if (!text.len)
        return;
    PL_FUZZ_WANT(pl_toml_get(table, key, &node) && pl_toml_str(node, &found));
    PL_ARENA(arena);
    if (pl_utf8_invalid_at(text) == text.len)
        PL_FUZZ_WANT(pl_str_eq(pl_mask(&arena, text), found));
}

static const struct pl_toml_node *member(const struct pl_toml_node *node,
                                         const char *key)
{
    const struct pl_toml_node *found;
    PL_FUZZ_WANT(pl_toml_get(node, key, &found));
    return pl_toml_type(found) == PL_TOML_ARRAY ? pl_toml_at(found, 0) : found;
}

static void check_lock(struct pl_arena *arena, const struct pl_lock *lock)
{
    PL_BUF(out, PL_MAX_OUTPUT_BYTES);
    struct pl_toml *doc;
    const struct pl_lock_package *p = lock->packages;
    pl_lock_write(lock, lock->arguments[0], &out);
    const struct pl_source *source =
        pl_source_from_text(arena, PL_STR("pylock.toml"), pl_buf_view(&out));
    PL_FUZZ_WANT(pl_toml_parse(source, &doc, NULL));
    const struct pl_toml_node *root = pl_toml_root(doc), *list;
    const struct pl_toml_node *tool = member(member(root, "tool"), "podlock");
    const struct pl_toml_node *package = member(root, "packages");
    PL_FUZZ_WANT(pl_toml_get(root, "packages", &list));
    PL_FUZZ_WANT(pl_toml_count(list) == 1);
    PL_FUZZ_WANT(pl_toml_count(member(package, "wheels")) >= 2);
    expect(root, "requires-python", lock->requires_python);
    expect(tool, "template", lock->template_id);
    expect(member(tool, "replaced"), "because", lock->replaced[0].because);
    expect(package, "name", p->name);
    expect(package, "version", p->version);
    expect(package, "index", p->index);
    expect(member(package, "wheels"), p->file.url.len ? "url" : "path",
           p->file.url.len ? p->file.url : p->file.path);
    expect(member(member(package, "wheels"), "hashes"), "sha256",
           p->file.sha256);
    pl_toml_destroy(doc);
}

static size_t count_requirements(struct pl_arena *arena, struct pl_str text)
{
    struct pl_inputs in;
    pl_inputs_init(&in, arena);
    struct pl_reqfile file = fuzz_file(&in, "r.txt", text);
    return pl_reqfile_read_pip(&file, NULL) ? in.requirements.len : 0;
}

static void check_texts(struct pl_arena *arena, const struct pl_lock *lock)
{
    PL_BUF(out, PL_MAX_OUTPUT_BYTES);
    PL_BUF(pins, PL_MAX_OUTPUT_BYTES);
    pl_reqs_write(lock, lock->arguments[0], &out);
    pl_constraints_write(lock, &pins);
    PL_FUZZ_WANT(pl_utf8_invalid_at(pl_buf_view(&out)) == out.len);
    PL_FUZZ_WANT(count_requirements(arena, pl_buf_view(&out)) <= 1);
    PL_FUZZ_WANT(count_requirements(arena, pl_buf_view(&pins)) <= 2);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    PL_ARENA(arena);
    struct strings s = take_strings(&arena, pl_fuzz_text(data, size));
    struct pl_lock_package package = package_of(&s);
    struct pl_lock_provided provided = {
        .name = s.at[3], .version = s.at[1], .via = s.at, .via_count = 2};
    struct pl_lock_replaced replaced = {s.at[0], s.at[1], s.at[2], s.at[11],
                                        size % 2};
    struct pl_lock_input input = {s.at[8], s.at[10]};
    struct pl_lock lock = {
        .environments = &s.at[4],
        .environment_count = s.at[4].len > 0,
        .requires_python = s.at[2],
        .template_id = s.at[5],
        .template_digest = s.at[6],
        .inputs = &input,
        .input_count = 1,
        .packages = &package,
        .package_count = 1,
        .provided = &provided,
        .provided_count = 1,
        .replaced = &replaced,
        .replaced_count = 1,
        .with_header = size % 3,
        .with_via = true,
        .via_split = size % 2,
        .arguments = &s.at[11],
        .argument_count = 1,
    };
    check_lock(&arena, &lock);
    check_texts(&arena, &lock);
    return 0;
}
