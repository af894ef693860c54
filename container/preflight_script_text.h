/*
 * container/preflight_check.py, the part of a preflight script that is the same
 * for every lock. Internal to container/.
 */
#ifndef PODLOCK_CONTAINER_PREFLIGHT_SCRIPT_TEXT_H
#define PODLOCK_CONTAINER_PREFLIGHT_SCRIPT_TEXT_H

extern const char pl_preflight_check_py[];

#endif
