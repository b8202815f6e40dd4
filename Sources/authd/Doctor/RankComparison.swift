// SPDX-License-Identifier: Apache-2.0

/// How well one sample of times can be told from another: the probability that a time drawn from the second is longer
/// than one drawn from the first, with its 95 % interval.
///
/// One half is no difference; 0 and 1 are complete separation, in either direction. It is the area under the curve that
/// an attacker would draw who guesses by a threshold, whatever the shape of the times.
///
/// - Source: Mann and Whitney (1947) for the estimate; DeLong, DeLong and Clarke-Pearson (1988) for its variance.
struct RankComparison: Hashable, Sendable {
    /// The probability; a tie counts half.
    let area: Double
    /// The bounds of the interval.
    let interval: ClosedRange<Double>

    /// Compares two samples; where one has fewer than two values, nothing is known and the interval is all of 0 to 1.
    ///
    /// Cost: sorting both.
    init<Value: Comparable>(_ first: [Value], _ second: [Value]) {
        guard first.count > 1, second.count > 1 else {
            area = 0.5
            interval = 0...1
            return
        }
        let below = Self.placements(of: second, among: first.sorted())
        let above = Self.placements(of: first, among: second.sorted()).map { 1 - $0 }
        let area = below.reduce(0, +) / Double(below.count)
        let variance =
            Self.variance(of: below) / Double(below.count) + Self.variance(of: above) / Double(above.count)
        // Where the samples do not overlap, the estimated variance is nothing; what one value more could do is not.
        let margin = max(1.96 * variance.squareRoot(), 1 / Double(min(first.count, second.count)))
        self.area = area
        interval = max(0, area - margin)...min(1, area + margin)
    }

    /// For each value, the share of `sorted` that is smaller, where equal ones count half.
    private static func placements<Value: Comparable>(of values: [Value], among sorted: [Value]) -> [Double] {
        values.map { value in
            let smaller = partition(sorted) { $0 < value }
            let notGreater = partition(sorted) { $0 <= value }
            return Double(smaller + notGreater) / Double(2 * sorted.count)
        }
    }

    /// How many values at the beginning of `sorted` satisfy `isBefore`, which all others do not.
    private static func partition<Value>(_ sorted: [Value], _ isBefore: (Value) -> Bool) -> Int {
        var low = 0
        var high = sorted.count
        while low < high {
            let middle = low + (high - low) / 2
            if isBefore(sorted[middle]) { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private static func variance(of values: [Double]) -> Double {
        let mean = values.reduce(0, +) / Double(values.count)
        return values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count - 1)
    }
}
