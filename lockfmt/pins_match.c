#include "lockfmt/pins_read.h"

bool pl_pins_are_bare(const struct pl_lock *pins)
{
    for (size_t i = 0; i < pins->package_count; i++) {
        const struct pl_lock_file *file = &pins->packages[i].file;
        if (pins->packages[i].source == PL_LOCK_FILES && file->name.len)
            return false;
    }
    return true;
}

/* ---- the lock's entry of a pin ---- */

static size_t first_of(const struct pl_lock *lock, struct pl_str name)
{
    size_t low = 0, high = lock->package_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (pl_str_cmp(lock->packages[middle].name, name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* That of the same version when there are several; NULL: none. */
static const struct pl_lock_package *find_entry(const struct pl_lock *lock,
                                                const struct pl_lock_package *p)
{
    const struct pl_lock_package *found = NULL;
    for (size_t i = first_of(lock, p->name); i < lock->package_count; i++) {
        const struct pl_lock_package *entry = &lock->packages[i];
        if (!pl_str_eq(entry->name, p->name))
            break;
        if (pl_str_eq(entry->version, p->version))
            return entry;
        if (!found)
            found = entry;
    }
    return found;
}

static const struct pl_lock_file *file_at(const struct pl_lock_package *p,
                                          size_t i)
{
    return i ? &p->more[i - 1] : &p->file;
}

static bool has_hash(const struct pl_lock_file *file, struct pl_str value)
{
    bool has = file->sha256.len && pl_str_eq(file->sha256, value);
    for (size_t i = 0; !has && i < file->hash_count; i++)
        has = pl_str_eq(file->hashes[i].value, value);
    return has;
}

/* A pin's files are named by their hashes. */
static bool shares_a_file(const struct pl_lock_package *pin,
                          const struct pl_lock_package *entry)
{
    for (size_t i = 0; i <= entry->more_count; i++)
        for (size_t k = 0; k <= pin->more_count; k++)
            if (has_hash(file_at(entry, i), file_at(pin, k)->name))
                return true;
    return false;
}

/* ---- what a pin leaves out ---- */

static void take_surroundings(struct pl_lock_package *pin,
                              const struct pl_lock_package *entry)
{
    pin->requires_python = entry->requires_python;
    pin->index = entry->index;
    pin->dependencies = entry->dependencies;
    pin->dependency_count = entry->dependency_count;
    pin->dependencies_text = entry->dependencies_text;
    pin->rules = entry->rules;
    pin->rule_count = entry->rule_count;
    pin->others = entry->others;
    pin->tools = entry->tools;
    pin->podlock_keys = entry->podlock_keys;
    if (!pin->extra_count) {
        pin->extras = entry->extras;
        pin->extra_count = entry->extra_count;
    }
    if (!pin->marker.len)
        pin->marker = entry->marker;
    if (!pin->via_count) {
        pin->via = entry->via;
        pin->via_count = entry->via_count;
    }
}

/* Of the same version, but no hash is that of the lock's file: only that. */
static void take_file(struct pl_lock_package *pin,
                      const struct pl_lock_package *entry)
{
    struct pl_lock_file file = entry->file;
    file.sha256 = pin->file.sha256;
    file.hashes = pin->file.hashes;
    file.hash_count = pin->file.hash_count;
    pin->file = file;
    pin->more = entry->more;
    pin->more_count = entry->more_count;
}

static void match(struct pl_lock_package *pin,
                  const struct pl_lock_package *entry)
{
    bool is_file = pin->source == PL_LOCK_FILES;
    struct pl_span span = pin->span;
    take_surroundings(pin, entry);
    if (!is_file || !pl_str_eq(pin->version, entry->version))
        return;
    if (!pin->file.name.len || shares_a_file(pin, entry)) {
        *pin = *entry;
        pin->span = span;
    } else if (entry->source == PL_LOCK_FILES) {
        take_file(pin, entry);
    }
}

/* ---- the whole ---- */

static bool is_fact(struct pl_arena *arena, const struct pl_template *facts,
                    const struct pl_lock_package *pin)
{
    const struct pl_fact *fact =
        facts ? pl_template_fact(facts, pin->name) : NULL;
    return fact && pin->source == PL_LOCK_FILES &&
           pl_str_eq(pl_version_text(arena, &fact->version), pin->version);
}

static void take_replaced(struct pl_arena *arena, struct pl_lock *pins,
                          const struct pl_lock *lock)
{
    size_t count = 0;
    struct pl_lock_replaced *rows =
        pl_new_array(arena, struct pl_lock_replaced, lock->replaced_count + 1);
    for (size_t i = 0; i < lock->replaced_count; i++) {
        size_t at = first_of(pins, lock->replaced[i].name);
        bool is_there =
            at < pins->package_count &&
            pl_str_eq(pins->packages[at].name, lock->replaced[i].name);
        if (!is_there)
            continue;
        rows[count] = lock->replaced[i];
        rows[count++].to = pins->packages[at].version;
    }
    pins->replaced = rows;
    pins->replaced_count = count;
}

static void take_the_rest(struct pl_arena *arena, struct pl_lock *pins,
                          const struct pl_lock *lock)
{
    struct pl_lock_package *packages = pins->packages;
    size_t count = pins->package_count;
    *pins = *lock;
    pins->packages = packages;
    pins->package_count = count;
    take_replaced(arena, pins, lock);
}

void pl_pins_match(struct pl_arena *arena, struct pl_lock *pins,
                   const struct pl_lock *lock, const struct pl_template *facts)
{
    bool is_bare = pl_pins_are_bare(pins);
    size_t kept = 0;
    for (size_t i = 0; i < pins->package_count; i++) {
        struct pl_lock_package *pin = &pins->packages[i];
        const struct pl_lock_package *entry = find_entry(lock, pin);
        bool is_same = entry && pl_str_eq(entry->version, pin->version);
        if (is_bare && !is_same && is_fact(arena, facts, pin))
            continue;
        if (entry)
            match(pin, entry);
        pins->packages[kept++] = *pin;
    }
    pins->package_count = kept;
    take_the_rest(arena, pins, lock);
    pl_lock_sort(pins);
}
