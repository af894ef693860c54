#include "lockfmt/lock_hash.h"

#include "core/vec.h"

struct algorithm {
    const char *name;
    unsigned digits; /* of hex; 0: any even number */
    unsigned rank;   /* strength; 0: not safe any more */
};

/* The one that nearly every file has is looked for first. */
static const struct algorithm algorithms[] = {
    {"sha256", 64, 7},    {"md5", 32, 0},      {"sha1", 40, 0},
    {"shake_128", 0, 1},  {"shake_256", 0, 2}, {"sha224", 56, 3},
    {"sha3_224", 56, 4},  {"blake2s", 64, 5},  {"sha3_256", 64, 6},
    {"sha3_384", 96, 8},  {"sha384", 96, 9},   {"sha3_512", 128, 10},
    {"blake2b", 128, 11}, {"sha512", 128, 12},
};

static const struct algorithm *algorithm_of(struct pl_str name)
{
    for (size_t i = 0; i < PL_COUNT(algorithms); i++)
        if (pl_str_is(name, algorithms[i].name))
            return &algorithms[i];
    return NULL;
}

bool pl_lock_hash_is_safe(struct pl_str algorithm)
{
    const struct algorithm *known = algorithm_of(algorithm);
    return known && known->rank;
}

/* ---- reading ---- */

static bool is_hex(struct pl_str text, bool *has_upper)
{
    *has_upper = false;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.at[i];
        if (pl_is_digit(c) || (c >= 'a' && c <= 'f'))
            continue;
        if (c < 'A' || c > 'F')
            return false;
        *has_upper = true;
    }
    return text.len && text.len % 2 == 0;
}

static bool fits(const struct algorithm *known, struct pl_str value,
                 bool *has_upper)
{
    return is_hex(value, has_upper) &&
           (!known->digits || value.len == known->digits);
}

static struct pl_str lowered(struct pl_arena *arena, struct pl_str text)
{
    char *copy = pl_arena_alloc(arena, text.len + 1);
    for (size_t i = 0; i < text.len; i++)
        copy[i] = pl_lower(text.at[i]);
    return (struct pl_str){copy, text.len};
}

bool pl_lock_hash_clean(struct pl_arena *arena, struct pl_lock_hash *hash)
{
    const struct algorithm *known = algorithm_of(hash->algorithm);
    bool has_upper;
    if (!known || !fits(known, hash->value, &has_upper))
        return false;
    if (has_upper)
        hash->value = lowered(arena, hash->value);
    return true;
}

static bool check_hash(const struct pl_lock_reader *r,
                       const struct pl_toml_node *node,
                       const struct algorithm *known, struct pl_str *value)
{
    struct pl_str name = pl_toml_key(node);
    if (pl_toml_type(node) != PL_TOML_STRING)
        return pl_lock_fail(r, node, "the %.*s hash must be a string",
                            PL_STR_ARG(name));
    *value = pl_lock_text(r, node);
    if (!known)
        return true;
    bool has_upper;
    if (!fits(known, *value, &has_upper)) {
        pl_lock_fail(r, node, "this is no %s hash", known->name);
        return known->digits ? pl_error_because(r->err, "one has %u hex digits",
                                                known->digits)
                             : pl_error_because(r->err, "one is hex digits");
    }
    if (has_upper)
        *value = lowered(r->arena, *value);
    return true;
}

static bool add_hashes(const struct pl_lock_reader *r,
                       const struct pl_toml_node *hashes, unsigned *best,
                       bool *any, struct pl_lock_file *out)
{
    PL_VEC(struct pl_lock_hash) list = {0};
    for (size_t i = 0; i < pl_toml_count(hashes); i++) {
        const struct pl_toml_node *node = pl_toml_at(hashes, i);
        struct pl_str name = pl_toml_key(node), value;
        const struct algorithm *known = algorithm_of(name);
        name = known ? pl_str_from(known->name) : pl_arena_dup(r->arena, name);
        if (!check_hash(r, node, known, &value))
            return false;
        *any |= known != NULL;
        if (known && known->rank > *best)
            *best = known->rank;
        if (pl_str_is(name, "sha256"))
            out->sha256 = value;
        else
            pl_vec_push(r->arena, &list, (struct pl_lock_hash){name, value});
    }
    out->hashes = list.at;
    out->hash_count = list.len;
    return true;
}

bool pl_lock_hashes(const struct pl_lock_reader *r,
                    const struct pl_toml_node *table, const char *what,
                    struct pl_lock_file *out)
{
    const struct pl_toml_node *hashes;
    unsigned best = 0;
    bool any = false;
    if (!pl_lock_req(r, table, what, "hashes", PL_TOML_TABLE, &hashes))
        return false;
    if (!pl_toml_count(hashes))
        return pl_lock_fail(r, hashes, "`hashes` is empty");
    if (!add_hashes(r, hashes, &best, &any, out))
        return false;
    if (!any)
        return pl_lock_fail(r, hashes,
                            "`hashes` has no hash that podlock knows");
    if (!best)
        pl_lock_warn_once(r, PL_LOCK_WEAK_HASH, pl_toml_span(hashes),
                          "none of these hashes is safe today");
    return true;
}

/* ---- the best of them ---- */

static void consider(struct pl_lock_hash hash, struct pl_lock_hash *best,
                     unsigned *rank)
{
    const struct algorithm *known = algorithm_of(hash.algorithm);
    if (!hash.value.len || !known || (best->value.len && known->rank <= *rank))
        return;
    *best = hash;
    *rank = known->rank;
}

struct pl_lock_hash pl_lock_file_hash(const struct pl_lock_file *file)
{
    struct pl_lock_hash best = {0};
    unsigned rank = 0;
    struct pl_lock_hash sha256 = {PL_STR("sha256"), file->sha256};
    consider(sha256, &best, &rank);
    for (size_t i = 0; i < file->hash_count; i++)
        consider(file->hashes[i], &best, &rank);
    return best;
}
