// Parts of a run that look at failures: the first one, for the exit status, and those that --retries does not cover.
#pragma once

#include "event/run_part.hpp"
#include "output/output_buffer.hpp"
#include "run/retry_policy.hpp"

#include <cstdint>
#include <optional>

namespace prun::app {

/// The exit status that a shell would give a command with this failure: its own, 128 and the number of a signal, 124 after a
/// time limit as timeout(1) does, 1 otherwise.
[[nodiscard]] int status_of(const Failure& failure) noexcept;

/// `--exit-status first`
class FirstFailure final : public RunPart {
 public:
  [[nodiscard]] Wants wants() const noexcept override { return Wants::failures | Wants::recalls; }
  void on_event(const RunEvent& event) override;
  /// Of the task that failed first; absent: none failed.
  [[nodiscard]] std::optional<int> status() const noexcept { return status_; }

 private:
  std::optional<int> status_;
};

/// Says once, at the end, that tasks failed which --retries did not retry.
class RetryHint final : public RunPart {
 public:
  /// @param err must outlive this object
  RetryHint(const RetryPolicy& policy, OutputBuffer& err) noexcept : policy_(policy), err_(&err) {}

  [[nodiscard]] Wants wants() const noexcept override { return Wants::failures | Wants::end; }
  void on_event(const RunEvent& event) override;

 private:
  void tell() const;

  RetryPolicy policy_;
  OutputBuffer* err_;
  std::uint64_t exits_ = 0;
  std::uint64_t exceptions_ = 0;
};

/// Tells GitHub Actions of failed tasks, which then shows them beside the log. Only the first ten: it shows no more.
class GithubAnnotations final : public RunPart {
 public:
  /// @param err must outlive this object
  explicit GithubAnnotations(OutputBuffer& err) noexcept : err_(&err) {}

  [[nodiscard]] Wants wants() const noexcept override { return Wants::failures; }
  void on_event(const RunEvent& event) override;

 private:
  OutputBuffer* err_;
  unsigned left_ = 10;
};

}  // namespace prun::app
