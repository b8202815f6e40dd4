// SPDX-License-Identifier: Apache-2.0

/// For how long rows of Supabase's API are kept after their end.
public enum SupabaseRetention {
    /// Codes: a late exchange is told that its code has expired.
    public static let ofCodes = Duration.seconds(3_600)
    /// Keys: a list tells of them.
    public static let ofKeys = Duration.seconds(90 * 86_400)
}
