/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A quantity over the whole run in bounded space. */
#ifndef MODEL_SERIES_H
#define MODEL_SERIES_H

#include "model/snapshot.h"

void series_begin(struct series *s, uint64_t at, uint64_t width);
/* The quantity had this mean from s->end to `to`; nothing when that is not later. */
void series_add(struct series *s, uint64_t to, double mean);

#endif
