#include "container/dockerfile_stages.h"

struct reader {
    struct pl_arena *arena;
    const struct pl_dockerfile *file;
    struct pl_docker_stages out;
    PL_VEC(struct pl_docker_stage) stages;
    struct pl_error *err;
};

static struct pl_str lower(struct pl_arena *arena, struct pl_str text)
{
    struct pl_str out = pl_arena_dup(arena, text);
    char *at = (char *)out.at;
    for (size_t i = 0; i < out.len; i++)
        at[i] = pl_lower(at[i]);
    return out;
}

size_t pl_docker_stages_find(const struct pl_docker_stages *stages,
                             struct pl_str name, size_t before)
{
    uint64_t number;
    for (size_t i = before; i-- > 0;)
        if (stages->at[i].name.len && pl_str_eq(stages->at[i].name, name))
            return i;
    if (pl_str_to_u64(name, &number) && name.len && number < before)
        return (size_t)number;
    return PL_DOCKER_NO_STAGE;
}

/* "IMAGE [AS NAME]" */
static bool add_stage(struct reader *r, size_t from)
{
    const struct pl_joined *rest = &r->file->at[from].rest;
    struct pl_str base, as, name;
    struct pl_docker_stage stage = {.from = from, .end = from + 1};
    size_t at = 0;
    if (!pl_docker_next_word(rest->text, &at, r->file->escape, &base))
        return pl_error_set(r->err, PL_ERR_INPUT, r->file->at[from].keyword,
                            "FROM names no image");
    size_t begin = (size_t)(base.at - rest->text.at);
    stage.span = pl_joined_span(rest, begin, begin + base.len);
    stage.base = pl_docker_expand(&r->out.global, base, r->file->escape);
    if (pl_docker_next_word(rest->text, &at, r->file->escape, &as) &&
        pl_str_is_nocase(as, "as") &&
        pl_docker_next_word(rest->text, &at, r->file->escape, &name))
        stage.name = lower(r->arena, name);
    /* A number names a stage in COPY, not in FROM. */
    struct pl_str wanted = lower(r->arena, stage.base.text);
    size_t count = r->stages.len;
    r->out.at = r->stages.at;
    stage.parent = wanted.len && pl_is_digit(wanted.at[0])
                       ? PL_DOCKER_NO_STAGE
                       : pl_docker_stages_find(&r->out, wanted, count);
    pl_vec_push(r->arena, &r->stages, stage);
    return true;
}

static bool take(struct reader *r, size_t i)
{
    const struct pl_docker_instruction *instruction = &r->file->at[i];
    if (instruction->kind == PL_DOCKER_FROM)
        return add_stage(r, i);
    if (r->stages.len) {
        r->stages.at[r->stages.len - 1].end = i + 1;
        return true;
    }
    if (instruction->kind != PL_DOCKER_ARG)
        return pl_error_set(r->err, PL_ERR_INPUT, instruction->keyword,
                            "only ARG may stand before the first FROM");
    pl_docker_vars_take(&r->out.global, NULL, r->file->escape, instruction);
    return true;
}

static void make_chain(struct reader *r)
{
    size_t count = 0;
    size_t *chain = pl_new_array(r->arena, size_t, r->stages.len);
    for (size_t i = r->stages.len - 1; i != PL_DOCKER_NO_STAGE;
         i = r->stages.at[i].parent)
        chain[count++] = i;
    for (size_t i = 0; i < count / 2; i++) {
        size_t kept = chain[i];
        chain[i] = chain[count - 1 - i];
        chain[count - 1 - i] = kept;
    }
    r->out.chain = chain;
    r->out.chain_count = count;
}

bool pl_docker_stages_read(struct pl_arena *arena,
                           const struct pl_dockerfile *file,
                           struct pl_docker_stages *out, struct pl_error *err)
{
    struct reader r = {.arena = arena, .file = file, .err = err};
    r.out.global.arena = arena;
    r.out.global.is_closed = true;
    r.out.global.work = pl_new(arena, size_t);
    for (size_t i = 0; i < file->count; i++)
        if (!take(&r, i))
            return false;
    if (!r.stages.len)
        return pl_error_set(err, PL_ERR_INPUT,
                            (struct pl_span){.source = file->source},
                            "there is no FROM in this Dockerfile");
    make_chain(&r);
    r.out.at = r.stages.at;
    r.out.count = r.stages.len;
    *out = r.out;
    return true;
}

const struct pl_docker_stage *
pl_docker_stages_image(const struct pl_docker_stages *stages)
{
    return &stages->at[stages->chain[0]];
}
