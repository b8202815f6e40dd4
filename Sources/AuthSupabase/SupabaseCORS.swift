// SPDX-License-Identifier: Apache-2.0

internal import AuthHTTP

/// Which pages may read the replies: all, as the contract says, and without credentials.
enum SupabaseCORS {
    static let form = CrossOriginForm.any(
        headers: [
            "Accept", "Authorization", "Content-Type", "X-Client-IP", "X-Client-Info", "X-JWT-AUD",
            "X-Supabase-Api-Version", "apikey",
        ],
        exposed: ["X-Total-Count", "Link", "X-Supabase-Api-Version"])
}
