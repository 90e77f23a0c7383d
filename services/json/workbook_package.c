/* SPDX-License-Identifier: Apache-2.0 */
#include "json/workbook_package.h"

#include <string.h>
#include <zip.h>

#include "base/str.h"

#define PIECE_BYTES     (16u << 10)
#define DIRECTORY_BYTES (1u << 20) /* of the zip's directory, before anything is made of it */

/* Ends of a zip's directory, by APPNOTE.TXT 4.3.14 to 4.3.16. */
#define END_BYTES       22
#define END_COMMENT     65535
#define END64_BYTES     56
#define LOCATOR64_BYTES 20

struct package {
	zip_t *zip;
	uint64_t unpacked;  /* of all parts that were read, each counted once */
	uint64_t counted[]; /* of each */
};

static enum err damaged(struct err_info *info, const char *zh, const char *en)
{
	return err_at(info, ERR_MALFORMED, "", "damaged",
		      "工作簿已损坏:%s,请重新保存 / the workbook is damaged: %s; save it again", zh,
		      en);
}

static enum err too_many_parts(struct err_info *info)
{
	return err_at(info, ERR_TOO_BIG, "", "too_large",
		      "工作簿内的文件超过 %d 个 / the workbook has more than %d files in it",
		      WORKBOOK_PARTS, WORKBOOK_PARTS);
}

/* --- what the bytes seem to be -------------------------------------------------------------- */

static bool begins(const char *bytes, size_t len, const char *with, size_t n)
{
	return len >= n && memcmp(bytes, with, n) == 0;
}

/* A workbook with a password is an OLE file that has a stream of this name, in UTF-16. */
static bool has_encrypted_stream(const char *bytes, size_t len)
{
	static const char name[] = "E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e";

	for (size_t at = 0; at + sizeof(name) <= len; at++) {
		const char *first = memchr(bytes + at, 'E', len - at - sizeof(name) + 1);

		if (!first)
			return false;
		if (memcmp(first, name, sizeof(name)) == 0)
			return true;
		at = (size_t)(first - bytes);
	}
	return false;
}

static enum err encrypted(struct err_info *info)
{
	return err_at(info, ERR_MALFORMED, "", "encrypted",
		      "工作簿有密码,请去掉密码后再保存 / the workbook has a password: save it "
		      "without one");
}

static enum err check_kind(const char *bytes, size_t len, struct err_info *info)
{
	static const char ole[] = "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";

	if (len > WORKBOOK_BYTES)
		return err_at(info, ERR_TOO_BIG, "", "too_large",
			      "工作簿超过 %u MiB / the workbook is larger than %u MiB",
			      WORKBOOK_BYTES >> 20, WORKBOOK_BYTES >> 20);
	if (begins(bytes, len, ole, sizeof(ole) - 1)) {
		if (has_encrypted_stream(bytes, len))
			return encrypted(info);
		return err_at(
			info, ERR_MALFORMED, "", "old_format",
			"这是旧格式的工作簿 (.xls),请另存为 .xlsx / this is a workbook of the "
			"old format (.xls): save it as .xlsx");
	}
	if (!begins(bytes, len, "PK", 2))
		return err_at(info, ERR_MALFORMED, "", "not_workbook",
			      "不是 .xlsx 工作簿 / this is not an .xlsx workbook");
	return ERR_OK;
}

/* --- the directory, before the library makes an object of each of its entries --------------- */

static uint64_t little(const char *bytes, size_t n)
{
	uint64_t value = 0;

	while (n-- > 0)
		value = value << 8 | (unsigned char)bytes[n];
	return value;
}

static enum err check_size(uint64_t entries, uint64_t size, struct err_info *info)
{
	return entries > WORKBOOK_PARTS || size > DIRECTORY_BYTES ? too_many_parts(info) : ERR_OK;
}

/* The directory of more than 65,535 files, or of some writers always. */
static enum err check_end64(const char *bytes, size_t at, struct err_info *info)
{
	const char *locator = bytes + at - LOCATOR64_BYTES;
	uint64_t end;

	if (at < LOCATOR64_BYTES || memcmp(locator, "PK\6\7", 4) != 0)
		return ERR_OK;
	end = little(locator + 8, 8);
	if (at < END64_BYTES || end > at - END64_BYTES || memcmp(bytes + end, "PK\6\6", 4) != 0)
		return damaged(info, "目录有误", "its directory");
	return check_size(little(bytes + end + 32, 8), little(bytes + end + 40, 8), info);
}

/* Every place that may be the end of the directory: which of them the library takes is its own
 * affair. */
static enum err check_directory(const char *bytes, size_t len, struct err_info *info)
{
	const size_t lowest = len > END_BYTES + END_COMMENT ? len - END_BYTES - END_COMMENT : 0;
	size_t found = 0;

	for (size_t at = len >= END_BYTES ? len - END_BYTES + 1 : 0; at-- > lowest;) {
		enum err e;

		if (memcmp(bytes + at, "PK\5\6", 4) != 0)
			continue;
		found++;
		e = check_end64(bytes, at, info);
		/* All bits set: the larger directory, seen above, says it. */
		if (e == ERR_OK && little(bytes + at + 10, 2) != 0xffff)
			e = check_size(little(bytes + at + 10, 2), 0, info);
		if (e == ERR_OK && little(bytes + at + 12, 4) != 0xffffffff)
			e = check_size(0, little(bytes + at + 12, 4), info);
		if (e != ERR_OK)
			return e;
	}
	return found ? ERR_OK : damaged(info, "不完整", "it is cut off");
}

/* --- opening -------------------------------------------------------------------------------- */

static enum err open_zip(const char *bytes, size_t len, zip_t **ret_zip, struct err_info *info)
{
	zip_error_t error;
	zip_source_t *source;
	zip_t *zip;
	bool memory;

	zip_error_init(&error);
	source = zip_source_buffer_create(bytes, len, 0, &error);
	if (!source) {
		zip_error_fini(&error);
		return ERR_NOMEM;
	}
	zip = zip_open_from_source(source, ZIP_RDONLY, &error);
	memory = zip_error_code_zip(&error) == ZIP_ER_MEMORY;
	zip_error_fini(&error);
	if (!zip) {
		zip_source_free(source);
		return memory ? ERR_NOMEM : damaged(info, "压缩目录有误", "its zip directory");
	}
	*ret_zip = zip;
	return ERR_OK;
}

enum err package_open(const char *bytes, size_t len, struct package **ret_package,
		      struct err_info *info)
{
	enum err e = check_kind(bytes, len, info);
	struct package *p;
	zip_t *zip = NULL;
	zip_int64_t n;

	if (e == ERR_OK)
		e = check_directory(bytes, len, info);
	if (e == ERR_OK)
		e = open_zip(bytes, len, &zip, info);
	if (e != ERR_OK)
		return e;
	n = zip_get_num_entries(zip, 0);
	if (n > WORKBOOK_PARTS) {
		zip_discard(zip);
		return too_many_parts(info);
	}
	p = calloc(1, sizeof(*p) + (size_t)n * sizeof(p->counted[0]));
	if (!p) {
		zip_discard(zip);
		return ERR_NOMEM;
	}
	p->zip = zip;
	*ret_package = p;
	return ERR_OK;
}

void package_free(struct package *p)
{
	if (!p)
		return;
	zip_discard(p->zip);
	free(p);
}

int64_t package_find(const struct package *p, const char *name)
{
	const int64_t exact = zip_name_locate(p->zip, name, ZIP_FL_ENC_RAW);

	return exact >= 0 ? exact : zip_name_locate(p->zip, name, ZIP_FL_ENC_RAW | ZIP_FL_NOCASE);
}

/* One segment of a path more, or with ".." one less. */
static bool add_segment(char out[PACKAGE_NAME], const char *segment, size_t len)
{
	size_t at = strlen(out);

	if (len == 0 || (len == 1 && segment[0] == '.'))
		return true;
	if (len == 2 && memcmp(segment, "..", 2) == 0) {
		char *slash = strrchr(out, '/');

		if (at == 0)
			return false;
		*(slash ? slash : out) = '\0';
		return true;
	}
	if (at + len + 2 > PACKAGE_NAME)
		return false;
	if (at)
		out[at++] = '/';
	memcpy(out + at, segment, len);
	out[at + len] = '\0';
	return true;
}

bool package_resolve(const char *from, const char *target, char out[PACKAGE_NAME])
{
	const char *slash = strrchr(from, '/');
	const size_t folder = slash ? (size_t)(slash - from) : 0;

	if (folder >= PACKAGE_NAME)
		return false;
	memcpy(out, from, folder);
	out[*target == '/' ? 0 : folder] = '\0';
	while (*target) {
		const size_t len = strcspn(target, "/");

		if (!add_segment(out, target, len))
			return false;
		target += len + (target[len] == '/');
	}
	return out[0] != '\0';
}

/* --- reading -------------------------------------------------------------------------------- */

static enum err open_part(struct package *p, int64_t part, zip_file_t **ret_file,
			  struct err_info *info)
{
	zip_stat_t stat;

	zip_stat_init(&stat);
	if (zip_stat_index(p->zip, (zip_uint64_t)part, 0, &stat) != 0)
		return damaged(info, "压缩目录有误", "its zip directory");
	if ((stat.valid & ZIP_STAT_ENCRYPTION_METHOD) && stat.encryption_method != ZIP_EM_NONE)
		return encrypted(info);
	/* Others may need far more memory than they are long. */
	if (stat.comp_method != ZIP_CM_STORE && stat.comp_method != ZIP_CM_DEFLATE)
		return damaged(info, "压缩方法不受支持", "a compression that is not supported");
	*ret_file = zip_fopen_index(p->zip, (zip_uint64_t)part, 0);
	if (!*ret_file)
		return zip_error_code_zip(zip_get_error(p->zip)) == ZIP_ER_MEMORY
			       ? ERR_NOMEM
			       : damaged(info, "压缩数据有误", "its zip data");
	return ERR_OK;
}

/* A part that is read again takes nothing more of what may be unpacked. */
static enum err count(struct package *p, int64_t part, uint64_t read, struct err_info *info)
{
	if (read <= p->counted[part])
		return ERR_OK;
	p->unpacked += read - p->counted[part];
	p->counted[part] = read;
	if (p->unpacked <= WORKBOOK_UNPACKED)
		return ERR_OK;
	return err_at(info, ERR_TOO_BIG, "", "too_large",
		      "解压后超过 %u MiB / it is larger than %u MiB when it is unpacked",
		      WORKBOOK_UNPACKED >> 20, WORKBOOK_UNPACKED >> 20);
}

enum err package_read(struct package *p, int64_t part, package_fn *fn, void *context,
		      struct err_info *info)
{
	auto_free char *piece = malloc(PIECE_BYTES);
	zip_file_t *file = NULL;
	uint64_t read = 0;
	enum err e;

	if (!piece)
		return ERR_NOMEM;
	e = open_part(p, part, &file, info);
	while (e == ERR_OK) {
		const zip_int64_t n = zip_fread(file, piece, PIECE_BYTES);

		if (n < 0) {
			e = damaged(info, "压缩数据有误", "its zip data");
			break;
		}
		read += (uint64_t)n;
		e = count(p, part, read, info);
		if (e == ERR_OK)
			e = fn(piece, (size_t)n, n == 0, context, info);
		if (n == 0)
			break;
	}
	if (file)
		IGNORE(zip_fclose(file) != 0, "what was read was checked");
	return e;
}
