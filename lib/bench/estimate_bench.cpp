// How often the range that a run's progress shows contains the truth. Runs are played in virtual time with the real estimator, and
// each frame after the first tenth of the work is asked.
//
//     estimate_bench CASE    prints the percentage of frames with a range that contains the truth, that of the formula that was
//                            proposed first, and the percentage of frames without a range
#include "progress/estimate.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <functional>
#include <map>
#include <optional>
#include <queue>
#include <random>
#include <string>
#include <vector>

namespace {

using prun::Estimate;
using prun::Underway;

struct Played {
  std::vector<double> durations;
  std::vector<double> starts;
  double end = 0;
};

Played play(std::vector<double> durations, unsigned workers) {
  Played run{std::move(durations), {}, 0};
  std::priority_queue<double, std::vector<double>, std::greater<>> free_at;
  for (unsigned i = 0; i < workers; ++i) free_at.push(0);
  for (const double duration : run.durations) {
    run.starts.push_back(free_at.top());
    free_at.pop();
    free_at.push(run.starts.back() + duration);
    run.end = std::max(run.end, run.starts.back() + duration);
  }
  return run;
}

struct Range {
  double low;
  double high;
};

/// What is known at one time.
struct Seen {
  std::vector<std::pair<std::uint64_t, double>> ended;
  Estimate::Rest rest;
  double work_done = 0;
};

Seen look(const Played& run, double now, unsigned workers) {
  Seen seen;
  seen.rest.workers = workers;
  std::vector<std::pair<double, std::uint64_t>> ends;
  for (std::size_t i = 0; i < run.durations.size(); ++i) {
    const double age = now - run.starts[i];
    seen.work_done += std::clamp(age, 0.0, run.durations[i]);
    if (age >= run.durations[i]) {
      ends.emplace_back(run.starts[i] + run.durations[i], i);
    } else if (age >= 0) {
      seen.rest.running.push_back(Underway{i, age});
    } else if (++seen.rest.not_started == 1) {
      seen.rest.next_index = i;
    }
  }
  std::sort(ends.begin(), ends.end());
  for (const auto& end : ends) seen.ended.emplace_back(end.second, run.durations[end.second]);
  return seen;
}

std::optional<Range> by_estimate(const Seen& seen) {
  Estimate estimate;
  for (const auto& [index, seconds] : seen.ended) {
    estimate.ended(index, std::chrono::nanoseconds(std::llround(seconds * 1e9)));
  }
  const auto left = estimate.left(seen.rest);
  if (!left) return std::nullopt;
  return Range{std::chrono::duration<double>(left->low).count(), std::chrono::duration<double>(left->high).count()};
}

/// Mean = (durations + ages) / ended; a running task's remainder is the mean of what recorded durations exceed its age by; the
/// range is that of 200 resamples.
std::optional<Range> by_formula(const Seen& seen) {
  if (seen.ended.empty()) return std::nullopt;
  std::minstd_rand random(1);
  std::vector<double> lefts;
  for (int sample = 0; sample < 200; ++sample) {
    std::vector<double> durations;
    double sum = 0;
    for (std::size_t i = 0; i < seen.ended.size(); ++i) {
      durations.push_back(seen.ended[random() % seen.ended.size()].second);
      sum += durations.back();
    }
    double remainders = 0;
    double longest = 0;
    for (const Underway& task : seen.rest.running) {
      sum += *task.age;
      double beyond = 0;
      int longer = 0;
      for (const double duration : durations) {
        if (duration <= *task.age) continue;
        beyond += duration - *task.age;
        ++longer;
      }
      const double remainder = longer != 0 ? beyond / longer : 0;
      remainders += remainder;
      longest = std::max(longest, remainder);
    }
    const double mean = sum / static_cast<double>(durations.size());
    lefts.push_back(
        std::max((static_cast<double>(seen.rest.not_started) * mean + remainders) / seen.rest.workers, longest));
  }
  std::sort(lefts.begin(), lefts.end());
  return Range{lefts[20], lefts[180]};
}

struct Score {
  int frames = 0;
  int ranges = 0;
  int right = 0;
  void add(const std::optional<Range>& range, double truth) {
    ++frames;
    if (!range) return;
    ++ranges;
    right += range->low <= truth && truth <= range->high ? 1 : 0;
  }
  [[nodiscard]] double covered() const { return ranges == 0 ? 0 : 100.0 * right / ranges; }
  [[nodiscard]] double without() const { return frames == 0 ? 0 : 100.0 * (frames - ranges) / frames; }
};

using Durations = std::function<std::vector<double>(std::mt19937_64&)>;

std::vector<double> fibs(int first, int last) {
  std::vector<double> durations;
  for (int n = first; n != last + (first < last ? 1 : -1); n += first < last ? 1 : -1) {
    durations.push_back(1e-6 + 3e-9 * std::pow(1.618034, n));  // a call costs something by itself
  }
  return durations;
}

std::vector<double> many(std::size_t count, const std::function<double()>& draw) {
  std::vector<double> durations(count);
  std::generate(durations.begin(), durations.end(), draw);
  return durations;
}

const std::map<std::string, std::pair<int, Durations>>& cases() {
  using Random = std::mt19937_64;
  static const std::map<std::string, std::pair<int, Durations>> all{
      {"equal", {1, [](Random&) { return std::vector<double>(400, 1.0); }}},
      {"fib_39_1", {1, [](Random&) { return fibs(39, 1); }}},
      {"fib_1_39", {1, [](Random&) { return fibs(1, 39); }}},
      {"log_normal",
       {20, [](Random& r) { return many(400, [&] { return std::lognormal_distribution(0.0, 1.5)(r); }); }}},
      {"exponential", {20, [](Random& r) { return many(400, [&] { return std::exponential_distribution(1.0)(r); }); }}},
      {"noisy", {20, [](Random& r) { return many(400, [&] { return std::lognormal_distribution(0.0, 0.1)(r); }); }}},
      {"two_kinds",
       {20, [](Random& r) { return many(400, [&] { return std::bernoulli_distribution(0.05)(r) ? 100.0 : 0.1; }); }}},
  };
  return all;
}

}  // namespace

int main(int argc, char** argv) {
  const auto found = cases().find(argc > 1 ? argv[1] : "");
  if (found == cases().end()) {
    std::fputs("usage: estimate_bench CASE [FRAMES]\n", stderr);
    for (const auto& known : cases()) std::fprintf(stderr, "  %s\n", known.first.c_str());
    return 2;
  }
  const int frames = argc > 2 ? std::atoi(argv[2]) : 100;
  Score ours;
  Score formula;
  for (int round = 0; round < found->second.first; ++round) {
    for (const unsigned workers : {2U, 8U}) {
      std::mt19937_64 random(static_cast<std::uint64_t>(round) + 1);
      const Played run = play(found->second.second(random), workers);
      double work = 0;
      for (const double duration : run.durations) work += duration;
      for (int frame = 1; frame < frames; ++frame) {
        const double now = run.end * frame / frames;
        const Seen seen = look(run, now, workers);
        if (seen.work_done < work / 10) continue;
        ours.add(by_estimate(seen), run.end - now);
        formula.add(by_formula(seen), run.end - now);
      }
    }
  }
  std::printf("%.1f %.1f %.1f\n", ours.covered(), formula.covered(), ours.without());
  return 0;
}
