// SPDX-License-Identifier: Apache-2.0

#ifndef AUTHD_CLIBCURL_SHIM_H
#define AUTHD_CLIBCURL_SHIM_H

#include <curl/curl.h>

// curl_easy_setopt and curl_easy_getinfo are variadic, and Swift imports no variadic function. One wrapper per
// argument type keeps the pairing of option and type visible at the call.

typedef size_t (*authd_curl_data_callback)(char *bytes, size_t size, size_t count, void *context);
typedef int (*authd_curl_progress_callback)(
    void *context, curl_off_t download_total, curl_off_t downloaded, curl_off_t upload_total, curl_off_t uploaded);

typedef curl_socket_t (*authd_curl_socket_callback)(
    void *context, curlsocktype purpose, struct curl_sockaddr *address);
typedef int (*authd_curl_trace_callback)(
    CURL *handle, curl_infotype kind, char *bytes, size_t count, void *context);

static inline CURLcode authd_curl_set_string(CURL *handle, CURLoption option, const char *value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode authd_curl_set_long(CURL *handle, CURLoption option, long value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode authd_curl_set_pointer(CURL *handle, CURLoption option, void *value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode authd_curl_set_list(CURL *handle, CURLoption option, struct curl_slist *value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode authd_curl_set_url(CURL *handle, CURLU *url) {
    return curl_easy_setopt(handle, CURLOPT_CURLU, url);
}

static inline CURLcode authd_curl_set_data_callback(
    CURL *handle, CURLoption option, authd_curl_data_callback callback) {
    return curl_easy_setopt(handle, option, callback);
}

static inline CURLcode authd_curl_set_progress_callback(CURL *handle, authd_curl_progress_callback callback) {
    return curl_easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, callback);
}

static inline CURLcode authd_curl_set_socket_callback(CURL *handle, authd_curl_socket_callback callback) {
    return curl_easy_setopt(handle, CURLOPT_OPENSOCKETFUNCTION, callback);
}

static inline CURLcode authd_curl_set_trace_callback(CURL *handle, authd_curl_trace_callback callback) {
    return curl_easy_setopt(handle, CURLOPT_DEBUGFUNCTION, callback);
}

// libcurl copies the bytes, so that it can send them again on a new connection.
static inline CURLcode authd_curl_set_post(CURL *handle, const void *bytes, size_t count) {
    CURLcode code = curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)count);
    return code != CURLE_OK ? code : curl_easy_setopt(handle, CURLOPT_COPYPOSTFIELDS, bytes);
}

// A transfer that times out while a name is looked up does not wait for the thread that does so.
static inline CURLcode authd_curl_abandon_lookups(CURL *handle) {
#if LIBCURL_VERSION_NUM >= 0x075700
    return curl_easy_setopt(handle, CURLOPT_QUICK_EXIT, 1L);
#else
    (void)handle;
    return CURLE_OK;
#endif
}

// The address that libcurl is about to connect to: the struct ends with more than it declares.
static inline const struct sockaddr *authd_curl_address(const struct curl_sockaddr *address) {
    return &address->addr;
}

static inline CURLcode authd_curl_get_string(CURL *handle, CURLINFO info, char **value) {
    return curl_easy_getinfo(handle, info, value);
}

static inline CURLcode authd_curl_get_long(CURL *handle, CURLINFO info, long *value) {
    return curl_easy_getinfo(handle, info, value);
}

static inline CURLcode authd_curl_get_offset(CURL *handle, CURLINFO info, curl_off_t *value) {
    return curl_easy_getinfo(handle, info, value);
}

static inline CURLcode authd_curl_get_certificates(CURL *handle, struct curl_certinfo **value) {
    return curl_easy_getinfo(handle, CURLINFO_CERTINFO, value);
}

#endif
