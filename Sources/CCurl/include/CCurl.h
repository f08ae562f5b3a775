#ifndef KEEPER_CCURL_H
#define KEEPER_CCURL_H

#include <curl/curl.h>
#include <stdint.h>

// curl_easy_setopt and curl_easy_getinfo are variadic, which Swift does not
// import: one function for each kind of argument.

CURLcode kcurl_setopt_long(CURL *_Nonnull handle, CURLoption option, long value);
CURLcode kcurl_setopt_offset(CURL *_Nonnull handle, CURLoption option, curl_off_t value);
CURLcode kcurl_setopt_string(CURL *_Nonnull handle, CURLoption option, const char *_Nullable value);
CURLcode kcurl_setopt_pointer(CURL *_Nonnull handle, CURLoption option, void *_Nullable value);
CURLcode kcurl_setopt_list(CURL *_Nonnull handle, CURLoption option, struct curl_slist *_Nullable value);
CURLcode kcurl_setopt_blob(CURL *_Nonnull handle, CURLoption option, void *_Nonnull bytes, size_t count);

typedef size_t (*kcurl_write_function)(char *_Nonnull bytes, size_t size, size_t count, void *_Nullable context);
CURLcode kcurl_setopt_write(CURL *_Nonnull handle, CURLoption option, kcurl_write_function _Nonnull function);

CURLcode kcurl_getinfo_long(CURL *_Nonnull handle, CURLINFO info, long *_Nonnull value);

/// The certificate of the last handshake that was refused for its dates; `depth` is -1 when there was none.
typedef struct {
    int depth;
    /// Seconds since 1970; INT64_MIN where OpenSSL cannot read the date.
    int64_t not_before, not_after;
} kcurl_validity;

// libcurl tells that a certificate has expired, but not when: OpenSSL's verification says it here.
// `validity` has to outlive the handle's connections.
CURLcode kcurl_note_validity(CURL *_Nonnull handle, kcurl_validity *_Nonnull validity);

#endif
