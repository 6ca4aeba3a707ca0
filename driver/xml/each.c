/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Telling what structs have no member for, one record after the other. */
#include "rest.h"

struct teller {
    vir_xml_kept_fn each;
    void *opaque;
};

static int tell_struct(const struct teller *teller, const struct vir_xml_table *table, const void *base);

static int
tell_records(const struct teller *teller, const struct vir_xml_table *table, struct xml_records records)
{
    const struct xml_record *record;
    int rc = 0;

    while (rc >= 0 && (record = xml_records_next(&records))) {
        const struct vir_xml_table *group = xml_record_group(table, record);

        rc = group ? tell_records(teller, group, xml_records_in(record))
            : teller->each(table->path, xml_texts + xml_record_item(record)->name,
                           (const struct vir_xml_kept *)record, teller->opaque);
    }
    return rc;
}

static int
tell_row(const struct teller *teller, const struct vir_xml_row *row, const void *base)
{
    int rc = 0;

    if (row->kind == VIR_XML_GROUP)
        return tell_struct(teller, row->of.table, base);
    if (row->kind == VIR_XML_PART && CONST_MEMBER(void *, base, row->offset))
        return tell_struct(teller, row->of.table, CONST_MEMBER(void *, base, row->offset));
    for (size_t i = 0; row->kind == VIR_XML_LIST && i < CONST_MEMBER(unsigned int, base, row->has) && rc >= 0; i++)
        rc = tell_struct(teller, row->of.table, CONST_MEMBER(void **, base, row->offset)[i]);
    return rc;
}

static int
tell_struct(const struct teller *teller, const struct vir_xml_table *table, const void *base)
{
    int rc = tell_records(teller, table, xml_records_at(table, base));

    for (size_t i = 0; i < table->n_rows && rc >= 0; i++)
        rc = tell_row(teller, &table->rows[i], base);
    return rc;
}

int
vir_xml_each_kept(const struct vir_xml_table *table, const void *def, vir_xml_kept_fn each, void *opaque)
{
    const struct teller teller = { each, opaque };

    return tell_struct(&teller, table, def) < 0 ? -1 : 0;
}

/* It is a record. */
bool
vir_xml_kept_is_empty(const struct vir_xml_kept *kept)
{
    const struct xml_record *record = (const struct xml_record *)kept;

    return xml_item_holds(xml_record_item(record)) && !xml_records_first(xml_records_in(record));
}
