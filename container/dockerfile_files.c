#include "container/dockerfile_internal.h"
#include "core/file.h"
#include "core/limits.h"

/* ---- what comes into the image ---- */

static void add_copy(struct pl_docker_check *check, struct pl_str from,
                     struct pl_str to)
{
    struct pl_docker_copy copy = {
        .from = pl_path_base(from), .to = pl_path_base(to), .path = from};
    /* Into a folder it keeps its name. */
    if (!copy.to.len || !pl_str_has(copy.to, '.') || pl_str_is(copy.to, ".") ||
        pl_str_is(copy.to, ".."))
        copy.to = copy.from;
    /* A folder, or a pattern: it may bring anything. */
    check->brings_any |=
        !pl_str_has(copy.from, '.') || pl_str_has(copy.from, '*') ||
        pl_str_has(copy.from, '?') || pl_str_has(copy.from, '$') ||
        pl_str_is(copy.from, ".") || pl_str_is(copy.from, "..");
    if (check->copies.len < PL_MAX_DOCKER_COPIES)
        pl_vec_push(check->arena, &check->copies, copy);
    else
        check->brings_any = true;
}

static void take_words(struct pl_docker_check *check,
                       const struct pl_str *words, size_t count)
{
    for (size_t i = 0; i + 1 < count; i++)
        if (!pl_str_starts(words[i], "<<"))
            add_copy(check, words[i], words[count - 1]);
}

void pl_docker_take_copy(struct pl_docker_check *check)
{
    const struct pl_docker_instruction *copy = check->instruction;
    struct pl_str word, from;
    PL_VEC(struct pl_str) words = {0};
    size_t at = 0;
    if (pl_docker_flag(copy, "from", &from) || copy->heredoc_count)
        check->brings_any = true;
    if (copy->is_json) {
        take_words(check, copy->json, copy->json_count);
        return;
    }
    while (
        pl_docker_next_word(copy->rest.text, &at, check->file.escape, &word)) {
        word = pl_docker_expand(&check->vars, word, check->file.escape).text;
        pl_vec_push(check->arena, &words, word);
    }
    take_words(check, words.at, words.len);
}

/* "type=bind,source=pylock.toml,target=/x/pylock.toml" */
static void take_mount(struct pl_docker_check *check, struct pl_str value)
{
    struct pl_str part, key, type = {0}, source = {0}, target = {0};
    bool is_bound = false;
    while (pl_str_cut(&value, ',', &part)) {
        if (!pl_str_cut(&part, '=', &key))
            continue;
        if (pl_str_is(key, "type"))
            type = part;
        else if (pl_str_is(key, "source") || pl_str_is(key, "src"))
            source = part;
        else if (pl_str_is(key, "target") || pl_str_is(key, "dst") ||
                 pl_str_is(key, "destination"))
            target = part;
        else if (pl_str_is(key, "from"))
            check->brings_any = true;
    }
    is_bound = !type.len || pl_str_is(type, "bind");
    if (is_bound && source.len)
        add_copy(check, source, target);
    else if (is_bound)
        check->brings_any = true;
}

void pl_docker_take_mounts(struct pl_docker_check *check)
{
    const struct pl_docker_instruction *run = check->instruction;
    for (size_t i = 0; i < run->flag_count; i++)
        if (pl_str_is(run->flags[i].name, "mount"))
            take_mount(check, run->flags[i].value);
}

/* ---- the files of the build's folder ---- */

static struct pl_str existing(struct pl_docker_check *check, struct pl_str name)
{
    while (pl_str_starts(name, "/"))
        name = pl_str_sub(name, 1, name.len);
    /* Nothing above the folder belongs to the build. */
    if (!name.len || pl_str_find_str(name, PL_STR("..")) < name.len ||
        name.len > PL_MAX_PATH_BYTES)
        return (struct pl_str){0};
    struct pl_str path = pl_path_join(check->arena, check->q->folder, name);
    return pl_file_exists(path) ? path : (struct pl_str){0};
}

struct pl_str pl_docker_local(struct pl_docker_check *check, struct pl_str path)
{
    struct pl_str base = pl_path_base(path), found = {0};
    if (!check->q->folder.len ||
        pl_str_find_str(path, PL_STR("://")) < path.len)
        return found;
    for (size_t i = check->copies.len; i-- > 0 && !found.len;)
        if (pl_str_eq(check->copies.at[i].to, base))
            found = existing(check, check->copies.at[i].path);
    if (!found.len && !pl_str_starts(path, "/"))
        found = existing(check, path);
    return found.len ? found : existing(check, base);
}

/* What `podlock export` wrote says so in its first lines. */
static bool is_exported(struct pl_docker_check *check, struct pl_str path)
{
    struct pl_str local = pl_docker_local(check, path), text, line;
    if (!local.len || !pl_file_load(check->arena, local, PL_MAX_USER_FILE_BYTES,
                                    &text, NULL, NULL))
        return false;
    while (pl_str_cut(&text, '\n', &line) && pl_str_starts(line, "#")) {
        line = pl_str_trim(pl_str_sub(line, 1, line.len));
        if (pl_str_starts(line, "podlock export") ||
            pl_str_starts(line, "podlock resolve"))
            return true;
    }
    return false;
}

bool pl_docker_is_lock(struct pl_docker_check *check, struct pl_str path)
{
    struct pl_str base = pl_path_base(path);
    struct pl_str lock = pl_path_base(check->q->lock_name);
    if (!check->q->lock)
        return false;
    if (pl_str_eq(base, lock))
        return true;
    for (size_t i = 0; i < check->copies.len; i++)
        if (pl_str_eq(check->copies.at[i].to, base) &&
            pl_str_eq(check->copies.at[i].from, lock))
            return true;
    return pl_str_ends(base, ".txt") && is_exported(check, path);
}
