#define _GNU_SOURCE
#include "CCurl.h"

#include <openssl/ssl.h>
#include <time.h>

CURLcode kcurl_setopt_long(CURL *handle, CURLoption option, long value) {
    return curl_easy_setopt(handle, option, value);
}

CURLcode kcurl_setopt_offset(CURL *handle, CURLoption option, curl_off_t value) {
    return curl_easy_setopt(handle, option, value);
}

CURLcode kcurl_setopt_string(CURL *handle, CURLoption option, const char *value) {
    return curl_easy_setopt(handle, option, value);
}

CURLcode kcurl_setopt_pointer(CURL *handle, CURLoption option, void *value) {
    return curl_easy_setopt(handle, option, value);
}

CURLcode kcurl_setopt_list(CURL *handle, CURLoption option, struct curl_slist *value) {
    return curl_easy_setopt(handle, option, value);
}

CURLcode kcurl_setopt_blob(CURL *handle, CURLoption option, void *bytes, size_t count) {
    struct curl_blob blob = {.data = bytes, .len = count, .flags = CURL_BLOB_COPY};
    return curl_easy_setopt(handle, option, &blob);
}

CURLcode kcurl_setopt_write(CURL *handle, CURLoption option, kcurl_write_function function) {
    return curl_easy_setopt(handle, option, function);
}

CURLcode kcurl_getinfo_long(CURL *handle, CURLINFO info, long *value) {
    return curl_easy_getinfo(handle, info, value);
}

static int64_t seconds(const ASN1_TIME *date) {
    struct tm parts;
    return date != NULL && ASN1_TIME_to_tm(date, &parts) == 1 ? (int64_t)timegm(&parts) : INT64_MIN;
}

// SSL_verify_cb: looks on, and leaves every verdict as it is.
static int note_dates(int accepted, X509_STORE_CTX *store) {
    int error = X509_STORE_CTX_get_error(store);
    if (accepted || (error != X509_V_ERR_CERT_HAS_EXPIRED && error != X509_V_ERR_CERT_NOT_YET_VALID)) {
        return accepted;
    }
    SSL *connection = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());
    kcurl_validity *validity =
        connection == NULL ? NULL : SSL_CTX_get_app_data(SSL_get_SSL_CTX(connection));
    const X509 *certificate = X509_STORE_CTX_get_current_cert(store);
    if (validity == NULL || certificate == NULL) return accepted;
    validity->depth = X509_STORE_CTX_get_error_depth(store);
    validity->not_before = seconds(X509_get0_notBefore(certificate));
    validity->not_after = seconds(X509_get0_notAfter(certificate));
    return accepted;
}

// CURLOPT_SSL_CTX_FUNCTION.
static CURLcode watch_verification(CURL *handle, void *context, void *validity) {
    (void)handle;
    if (SSL_CTX_set_app_data(context, validity) == 1) {
        SSL_CTX_set_verify(context, SSL_CTX_get_verify_mode(context), note_dates);
    }
    return CURLE_OK;
}

CURLcode kcurl_note_validity(CURL *handle, kcurl_validity *validity) {
    validity->depth = -1;
    CURLcode code = curl_easy_setopt(handle, CURLOPT_SSL_CTX_DATA, validity);
    return code != CURLE_OK ? code
                            : curl_easy_setopt(handle, CURLOPT_SSL_CTX_FUNCTION, watch_verification);
}
