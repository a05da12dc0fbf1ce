"""The same tests as `hookbench analyze --baseline A --treated B [--baseline C --treated D ...] --json`, with pandas and scipy.

usage: analysis.py BASELINE.csv TREATED.csv [BASELINE.csv TREATED.csv ...]

Written as one who knows numpy would: whole-array operations, no loops over requests. Prints one JSON line per pair.
"""

import json
import sys

import numpy as np
import pandas as pd
from scipy import optimize, stats

WARMUP = 4000
STRETCHES = 40
MAX_POINTS = 8192
NODES, WEIGHTS = np.polynomial.legendre.leggauss(40)


def read(path):
    frame = pd.read_csv(path, usecols=["start_time", "response_time"])
    start = frame["start_time"].to_numpy()
    return frame["response_time"].to_numpy()[WARMUP:] * 1e6, start.min(), start.max(), int((np.diff(start) < 0).sum())


def describe(x):
    q = np.quantile(x, [0, 0.25, 0.5, 0.75, 0.95, 0.99, 0.999, 1])
    low, high = q[1] - 1.5 * (q[3] - q[1]), q[3] + 1.5 * (q[3] - q[1])
    inside = x[(x >= low) & (x <= high)]
    return {
        "n": len(x),
        "mean": x.mean(),
        "sd": x.std(ddof=1),
        "quantiles": q.tolist(),
        "tukey": [inside.min(), inside.max(), len(x) - len(inside)],
        "lag1": np.corrcoef(x[:-1], x[1:])[0, 1],
    }


def long_run(x):
    """mean, standard error and effective n: Geyer's initial monotone sequence over neighbourhood means"""
    n, variance = len(x), x.var(ddof=1)
    width = -(-n // MAX_POINTS)
    points = x[: n // width * width].reshape(-1, width).mean(axis=1)
    points = points - points.mean()
    lags = min(len(points) - 1, int(np.ceil(3 * np.sqrt(n) / width)))
    size = 1 << (2 * len(points) - 1).bit_length()
    spectrum = np.fft.rfft(points, size)
    covariance = np.fft.irfft(spectrum * np.conj(spectrum), size)[: lags + 1] / len(points)
    pairs = covariance[0 : lags // 2 * 2 : 2] + covariance[1 : lags // 2 * 2 : 2]
    end = np.argmax(pairs <= 0) if (pairs <= 0).any() else len(pairs)
    per_value = max(variance, (2 * np.minimum.accumulate(pairs[:end]).sum() - covariance[0]) * width)
    return x.mean(), np.sqrt(per_value / n), max(2, n * variance / per_value)


def long_run_quantile(x, ordered, q):
    value = np.quantile(ordered, q)
    _, error, effective = long_run((x <= value).astype(float))
    low, high = max(0, q - error), min(1, q + error)
    ends = np.quantile(ordered, [low, high])
    return value, (ends[1] - ends[0]) / (high - low) * error, effective


def welch(before, after):
    shift = after[0] - before[0]
    a, b = before[1] ** 2, after[1] ** 2
    error = np.sqrt(a + b)
    df = (a + b) ** 2 / (a**2 / (before[2] - 1) + b**2 / (after[2] - 1))
    reach = error * stats.t.ppf(0.975, df)
    return {"shift": shift, "low": shift - reach, "high": shift + reach, "p": 2 * stats.t.sf(abs(shift / error), df), "error": error, "df": df}


def detectable(error, df):
    """true difference in standard errors that is found 4 times in 5 by another pair of runs, the variance of this one being an estimate"""
    critical = stats.t.ppf(0.975, df)
    reach = min(1, 8 / np.sqrt(2 * df))
    scale = 1 + reach * NODES
    weights = WEIGHTS * stats.chi.pdf(scale * np.sqrt(df), df)
    weights /= weights.sum()

    def missing(ratio):
        return weights @ (stats.nct.sf(critical, df, ratio * scale) + stats.nct.cdf(-critical, df, ratio * scale)) - 0.8

    return optimize.brentq(missing, 2, 20) * error


def trend(x):
    medians = [np.median(part) for part in np.array_split(x, STRETCHES)]
    return stats.kendalltau(np.arange(STRETCHES), medians).pvalue


def start_against_rest(x):
    medians = np.array([np.median(part) for part in np.array_split(x, STRETCHES)])
    return stats.mannwhitneyu(medians[:4], medians[4:]).pvalue


def compare(a, b):
    sorted_a, sorted_b = np.sort(a), np.sort(b)
    t, p = stats.ttest_ind(b, a)
    w = stats.ttest_ind(b, a, equal_var=False)
    u = stats.mannwhitneyu(b, a, alternative="two-sided", method="asymptotic")
    pooled = np.sqrt((a.var(ddof=1) + b.var(ddof=1)) / 2)
    mean = welch(long_run(a), long_run(b))
    need = detectable(mean["error"], mean["df"])
    half = [welch(long_run(x[: len(x) // 2]), long_run(x[len(x) // 2 :])) for x in (a, b)]
    return {
        "baseline": describe(a),
        "treated": describe(b),
        "student": [t, p, pooled],
        "welch": [w.statistic, w.pvalue],
        "mannWhitney": [u.statistic, u.pvalue],
        "cohensD": (b.mean() - a.mean()) / pooled,
        "cliffsDelta": 2 * u.statistic / (len(a) * len(b)) - 1,
        "mean": mean,
        "p50": welch(long_run_quantile(a, sorted_a, 0.5), long_run_quantile(b, sorted_b, 0.5)),
        "p99": welch(long_run_quantile(a, sorted_a, 0.99), long_run_quantile(b, sorted_b, 0.99)),
        "minimumDetectable": need,
        "required": len(a) * (need / mean["shift"]) ** 2,
        "drift": [trend(a), trend(b), half[0]["p"], half[1]["p"]],
        "settled": [start_against_rest(a), start_against_rest(b)],
    }


def main(paths):
    for baseline, treated in zip(paths[::2], paths[1::2]):
        a, *start_a = read(baseline)
        b, *start_b = read(treated)
        middle = len(a) // 2
        result = compare(a, b)
        result["halves"] = compare(a[:middle], a[middle:])
        result["starts"] = [float(s) for s in start_a + start_b]
        print(json.dumps(result, default=float))


main(sys.argv[1:])
