// One node with its agent: the process side of a NodeState. It reads and writes frames, and reports what they say.
#pragma once

#include "cluster/banner.hpp"
#include "cluster/file_chunk.hpp"
#include "cluster/frame.hpp"
#include "cluster/host.hpp"
#include "cluster/link.hpp"
#include "cluster/messages.hpp"
#include "cluster/node_state.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace prun::cluster {

/// Who hears of a node.
class NodeListener {
 public:
  /// Its agent has started. It does not take tasks yet.
  virtual void on_greeted(std::uint32_t node) = 0;
  /// It wants the bytes of this program. All nodes share them.
  [[nodiscard]] virtual std::shared_ptr<const std::string> program() = 0;
  virtual void on_ready(std::uint32_t node) = 0;
  virtual void on_outcomes(std::uint32_t node, std::string_view body) = 0;
  virtual void on_returned(std::uint32_t node, std::string_view body) = 0;
  /// A part of a file of a task.
  virtual void on_file(std::uint32_t node, const FileChunk& chunk) = 0;
  /// @param for_good another try would end the same
  virtual void on_lost(std::uint32_t node, const std::string& why, bool for_good) = 0;
  /// Its scheduler announces the end of the job.
  virtual void on_warned(std::uint32_t node, int signal) = 0;
  /// It has fewer CPUs than its scheduler has promised, and starts a worker for each of these only.
  virtual void on_fewer_cpus(std::uint32_t node, std::uint32_t cpus) = 0;
  /// A line that the launcher or the agent has written to standard error.
  virtual void on_text(std::uint32_t node, std::string_view line) = 0;

 protected:
  ~NodeListener() = default;
};

class Node {
 public:
  Node(std::uint32_t number, Host host, const Patience& patience, NodeState::Time now, NodeListener& listener)
      : number_(number), host_(std::move(host)), state_(patience, now), listener_(&listener) {}
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;

  [[nodiscard]] const Host& host() const noexcept { return host_; }
  [[nodiscard]] NodeState& state() noexcept { return state_; }
  [[nodiscard]] const NodeState& state() const noexcept { return state_; }
  /// Null: no launcher runs.
  [[nodiscard]] Link* link() noexcept { return link_.get(); }
  /// Nanoseconds to add to a time of its clock.
  [[nodiscard]] std::int64_t clock_difference() const noexcept { return clock_difference_; }
  [[nodiscard]] bool said_goodbye() const noexcept { return goodbye_; }

  /// @param own compared with the agent's banner @throws std::system_error
  void start(const std::vector<std::string>& words, const Banner& own, const Setup& setup);
  /// Why its agent has not started, if its launcher has ended by now.
  [[nodiscard]] std::optional<std::string> why_not_started();
  /// Standard output, or standard error, of the launcher has something.
  void read_out();
  void read_err();
  void drop_link() { link_.reset(); }
  /// Bytes may have moved to it since the last call: they put off the end of the time that it has to start.
  void note_progress();

  void add(FrameType type, std::string_view body) { link_->outlet()->add(type, body); }

 private:
  void take(std::string_view bytes);
  void greet();
  void send_program();
  void check_cpus(std::uint32_t cpus);
  void take_frames();
  void take_frame(const Frame& frame);
  void take_beat(const Beat& beat);
  void on_end();
  void lose(const std::string& why, bool for_good);
  [[nodiscard]] std::string why_it_ended();

  std::uint32_t number_;
  Host host_;
  NodeState state_;
  NodeListener* listener_;
  std::unique_ptr<Link> link_;
  Banner own_;
  Setup setup_;
  BannerReader banner_;
  FrameReader frames_;
  std::string block_;
  std::string error_text_;       ///< the line of standard error that is not complete
  std::string last_error_line_;  ///< before the agent is ready, lines are kept for the message about its end
  bool goodbye_ = false;
  bool program_sent_ = false;
  std::int64_t clock_difference_ = 0;
  std::int64_t best_round_trip_ns_ = INT64_MAX;
};

}  // namespace prun::cluster
