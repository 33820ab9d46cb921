// Simulates the rest of a run with durations that are drawn at random from the learned model. Each simulation varies the parameters of
// the model, because the measured durations are only a sample.
#pragma once

#include "progress/duration_model.hpp"
#include "progress/duration_trend.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <random>
#include <vector>

namespace prun {

/// The known facts about the rest of the run.
struct KnownRest {
  struct Running {
    Underway task;
    std::optional<DurationTrend> trend{};  ///< at its place in the input
  };
  DurationModel model;
  std::vector<Running> running{};
  std::optional<DurationTrend> coming{};  ///< of the tasks that have not started
  std::uint64_t next_index = 0;           ///< of the first of them
  std::uint64_t not_started = 0;
  std::size_t workers = 1;
};

class PlayedRun {
 public:
  /// @param rest must outlive it
  PlayedRun(const KnownRest& rest, std::uint64_t seed);

  /// The next simulation draws from a resample of the measured durations, each changed slightly (the smoothed bootstrap).
  void draw_from_seen();
  /// The next simulation draws from a log-normal distribution. The smaller the sample, the more its parameters vary.
  void draw_from_family();

  /// Seconds until the last task ends.
  [[nodiscard]] double end();

 private:
  static constexpr std::size_t quantiles = 256;

  [[nodiscard]] double normal() { return normal_[random_() % quantiles]; }
  [[nodiscard]] double draw() { return drawn_[random_() % drawn_.size()] * noise_[random_() % quantiles]; }
  [[nodiscard]] double draw(const std::optional<DurationTrend>& trend, double index);
  [[nodiscard]] double remainder_of(const KnownRest::Running& running);
  [[nodiscard]] double work_of_many(std::uint64_t count);
  [[nodiscard]] double sloping_work_of_many(const DurationTrend& trend, double count) const;

  const KnownRest* rest_;
  std::minstd_rand random_;
  std::vector<double> seconds_;  ///< of the model's logs
  std::vector<double> drawn_;    ///< durations of this simulation
  double level_off_ = 0;         ///< of the trends, in this simulation
  double slope_off_ = 0;
  std::array<double, quantiles> normal_{};
  std::array<double, quantiles> noise_{};  ///< factors
  std::vector<double> free_at_;            ///< a heap: when workers are free
};

}  // namespace prun
