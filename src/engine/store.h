/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The run store: one SQLite file a run (doc/store.md has the schema), written by one thread of its own, one batch
 * a commit. Nothing is claimed to anybody before its batch is committed (synchronous=FULL). */
#ifndef ENGINE_STORE_H
#define ENGINE_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/pack.h"

#define STORE_SCHEMA 1

/* Results of consecutive tasks, as they came in one frame. Offsets are into batch->data. */
struct store_chunk {
	uint64_t first;
	uint32_t count, slot, generation;
	uint64_t begun, ended; /* ns since the run began */
	uint64_t cpu_ns;
	bool has_status;
	uint8_t form; /* STORE_FORM_…: how values and times are kept */
	size_t at;    /* values, times, then count × u8 status when has_status; see store_chunk_columns */
};
/* Values are count × f64, or one when all are equal. Times are count × u32 ns, or u16 when all are below 65.5 µs:
 * a run of millions of short tasks that return nothing much takes 2 bytes a task, here and on disk. */
enum { STORE_FORM_CONSTANT = 1, STORE_FORM_SHORT_TIMES = 2 };
struct store_columns {
	struct slice values, times, status; /* borrowed from the batch; status empty without one */
};
/* A task that failed for good. */
struct store_failure {
	uint64_t task;
	uint32_t tries, deaths, slot;
	char cause[256];
};
struct store_batch {
	uint64_t event_first, event_count; /* events packed one after the other in `events` */
	struct str events;
	struct store_chunk *chunks; /* owned */
	size_t nchunks, chunks_cap;
	struct str data;
	struct store_failure *failures; /* owned */
	size_t nfailures, failures_cap;
	struct str facts; /* pairs of pack_z key, pack_bytes value: rows of table run to set */
	uint32_t nfacts;
};
void store_batch_clear(struct store_batch *b); /* keeps memory */
void store_batch_release(struct store_batch *b);
bool store_batch_empty(const struct store_batch *b);
size_t store_batch_bytes(const struct store_batch *b);
struct store_columns store_chunk_columns(const struct store_batch *b, const struct store_chunk *c);
/* Packs a frame's columns: values count × f64, times count × u32, status count × u8 or NULL; unaligned. c->form
 * and c->at are set here. */
void store_batch_chunk(
	struct store_batch *b, const struct store_chunk *c, const void *values, const void *times, const void *status);
void store_batch_failure(struct store_batch *b, const struct store_failure *f);
void store_batch_fact(struct store_batch *b, const char *key, const void *value, size_t n);

struct store;
/* Creates run.db in dir. With `wake` a thread is started that opens it and then waits; wake(arg) is called from
 * that thread whenever store_poll has news. Without (tests) everything happens in the calls. keep_values: table
 * chunk keeps values and times. NULL with *err only when no thread can be made; errors of the file come from
 * store_poll. */
struct store *store_new(const char *dir, bool keep_values, void (*wake)(void *arg), void *arg, struct err *err);
/* May a batch be given? (open, and no batch under way) */
bool store_ready(const struct store *s);
/* Gives a batch, which stays the caller's memory but must not be touched until store_poll has told its end. */
void store_submit(struct store *s, struct store_batch *b);
enum store_news { STORE_NOTHING, STORE_OPENED, STORE_COMMITTED, STORE_FAILED };
/* What has happened since the last call. FAILED (*err): nothing of the batch was kept; after a while it can be
 * submitted again (disk full), and a store that could not be opened is tried again by itself on the next
 * store_retry. */
enum store_news store_poll(struct store *s, struct err *err);
void store_retry(struct store *s);
/* Waits for the thread, closes the file: a clean end leaves one file without a journal. */
void store_free(struct store *s);

/* Is dir on a network file system (where WAL must not be used)? */
bool store_on_network(const char *dir);

#endif
