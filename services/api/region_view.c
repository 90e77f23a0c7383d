/* SPDX-License-Identifier: Apache-2.0 */
#include "api/region_view.h"

#include "json/write.h"

int64_t region_view_total(const int64_t counties[COUNTY_STATES])
{
	int64_t n = 0;

	for (int i = 0; i < COUNTY_STATES; i++)
		n += counties[i];
	return n;
}

void region_view_counties(struct buf *out, const char *name, const int64_t counties[COUNTY_STATES])
{
	json_name(out, name);
	buf_str(out, "{");
	json_member_int(out, "total", region_view_total(counties));
	for (int i = 0; i < COUNTY_STATES; i++)
		json_member_int(out, county_state_names[i], counties[i]);
	buf_str(out, "}");
}

void region_view_codes(struct buf *out, const char *name, char (*codes)[COUNTY_CODE], size_t n)
{
	json_name(out, name);
	buf_str(out, "[");
	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_str(out, ",");
		json_text(out, codes[i]);
	}
	buf_str(out, "]");
}
