#include <stdio.h>
#include <stdlib.h>

#include "core/file.h"
#include "tests/fuzz/fuzz.h"

#define MAX_INPUT_BYTES (16u << 20)

/*
 * The copy has exactly the size of the input, so that the address sanitizer
 * sees a read beyond its end; an arena would hide it.
 */
static void call_entry(struct pl_str input)
{
    uint8_t *copy = calloc(input.len ? input.len : 1, 1);
    if (!copy)
        abort();
    if (input.len)
        memcpy(copy, input.at, input.len);
    (void)LLVMFuzzerTestOneInput(copy, input.len);
    free(copy);
}

static bool replay_file(struct pl_str path, struct pl_error *err)
{
    PL_ARENA(arena);
    struct pl_str input;
    if (!pl_file_load(&arena, path, MAX_INPUT_BYTES, &input, NULL, err))
        return false;
    call_entry(input);
    return true;
}

static bool replay_folder(struct pl_arena *arena, const char *folder,
                          size_t *count, struct pl_error *err)
{
    struct pl_str *names, path = pl_str_from(folder);
    if (!pl_dir_list(arena, path, &names, count, err))
        return false;
    for (size_t i = 0; i < *count; i++)
        if (!replay_file(pl_path_join(arena, path, names[i]), err))
            return false;
    return true;
}

int main(int argc, char **argv)
{
    PL_ARENA(arena);
    struct pl_error err = {.arena = &arena};
    size_t count = 0;
    if (argc != 2) {
        fprintf(stderr, "usage: %s CORPUS\n", argv[0]);
        return 2;
    }
    call_entry(PL_STR(""));
    if (!replay_folder(&arena, argv[1], &count, &err)) {
        fprintf(stderr, "%.*s\n", PL_STR_ARG(err.message));
        return 1;
    }
    printf("%zu inputs\n", count);
    return count ? 0 : 1;
}
