// The machines of a run besides this one: starts an agent on each, hands tasks to those that have credit, passes on what they
// answer, and hands the tasks of lost nodes out again. It is a part of the run: the run polls its one descriptor. It does not
// know jobs, orders of outcomes and outputs.
#pragma once

#include "cluster/dealer.hpp"
#include "cluster/host.hpp"
#include "cluster/host_names.hpp"
#include "cluster/node.hpp"
#include "cluster/pulse.hpp"
#include "cluster/returned_files.hpp"
#include "cluster/work.hpp"
#include "command/task_files.hpp"
#include "event/run_part.hpp"
#include "sys/fd.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace prun::cluster {

struct NodesOptions {
  std::vector<Host> hosts;                       ///< without this machine
  std::vector<std::string> launcher;             ///< words with {host} and {agent}
  std::vector<std::string> agent;                ///< the words that start prun's agent
  std::vector<std::string> check{"true"};        ///< words with which the user can try a host
  std::shared_ptr<const std::string> program{};  ///< the bytes of prun, for agents that ask for them; null: none may
  Banner own;
  Setup setup;                       ///< for all nodes; each gets its own `workers` and `host`
  std::vector<std::string> files{};  ///< that functions need; each node gets them
  command::TaskFiles task_files{};   ///< those of the command of the command line
  Patience patience;
  bool local = true;                             ///< this machine runs tasks too
  std::string local_name;                        ///< of this machine
  std::function<void(const std::string&)> warn;  ///< what the user should know
  std::function<void(const std::string&)> note;  ///< what can be of interest
};

class Nodes final : public RunPart, private NodeListener, private Dealt {
 public:
  /// @throws std::system_error
  explicit Nodes(NodesOptions options);
  ~Nodes() override;

  // The run's side.
  /// From now on tasks are taken from `work`, which must outlive the last call of `on_readable` and `on_time`.
  void serve(Work& work) { work_ = &work; }
  /// Hands out what there is credit for. @param local_idle workers of this machine that have nothing to do
  void take_work(std::uint32_t local_idle);
  /// Calls may take so long at most.
  void limit_calls(std::chrono::nanoseconds limit);
  /// Takes back what the nodes have not started.
  void recall_all();
  /// Nodes start nothing more, and stop what runs. @param reason of command::RunEnding
  void stop(std::uint32_t reason);
  /// After stop(): outcomes may still come.
  [[nodiscard]] bool stopping() const;
  /// A node has tasks.
  [[nodiscard]] bool busy() const;
  /// The signal with which a node's scheduler has announced the end of the job; 0: none.
  [[nodiscard]] int warning() const noexcept { return warning_; }
  /// All nodes, whether they take part or not.
  [[nodiscard]] std::size_t count() const noexcept { return nodes_.size(); }
  /// Workers of all nodes that take part now.
  [[nodiscard]] std::uint32_t workers() const;
  [[nodiscard]] bool local() const noexcept { return options_.local; }
  /// The host of an outcome. @param host as in detail::AttemptInfo
  [[nodiscard]] std::string_view name_of(std::uint32_t host) const { return names_.name_of(host); }
  /// The same backwards, also for a host that only an earlier run had.
  [[nodiscard]] std::uint32_t number_of(std::string_view name) { return names_.number_of(name); }

  // RunPart
  [[nodiscard]] Wants wants() const noexcept override { return Wants::nothing; }
  void on_event(const RunEvent&) override {}
  void start(const RunView& view) override;
  [[nodiscard]] int fd() const noexcept override { return epoll_.get(); }
  void on_readable() override;
  [[nodiscard]] std::optional<Clock::time_point> next_time() const override;
  void on_time() override;
  void before_pause() override;
  void after_pause() override;
  void before_end() override;
  [[nodiscard]] bool failed() const noexcept override { return failed_; }
  void finish() override;

 private:
  void on_greeted(std::uint32_t node) override;
  [[nodiscard]] std::shared_ptr<const std::string> program() override { return options_.program; }
  void on_ready(std::uint32_t node) override;
  void on_outcomes(std::uint32_t node, std::string_view body) override;
  void on_returned(std::uint32_t node, std::string_view body) override;
  void on_file(std::uint32_t node, const FileChunk& chunk) override;
  void on_lost(std::uint32_t node, const std::string& why, bool for_good) override;
  void on_text(std::uint32_t node, std::string_view line) override;
  void on_warned(std::uint32_t node, int signal) override;
  void on_fewer_cpus(std::uint32_t node, std::uint32_t cpus) override;

  void start_node(Node& node, std::uint32_t number);
  void tell_quiet(Node& node);
  [[nodiscard]] std::string too_slow() const;
  /// The command that shows why no agent starts on a host.
  [[nodiscard]] std::string advice_for(const Host& host) const;
  void watch(Node& node, std::uint32_t number);
  void wait_for_room(Node& node, std::uint32_t number);
  bool give(std::size_t number, std::uint64_t most) override;
  void recall(std::size_t number, std::uint64_t count) override;
  void send_files(std::size_t number, const TaskBatch& batch);
  void take_outcome(std::uint32_t number, Outcome outcome);
  void give_back(const NodeState::Held& task, std::uint32_t node, bool refused);
  void tell_all(FrameType type, std::string_view body);
  void flush_all();
  [[nodiscard]] std::string describe_loss(const Node& node, const std::string& why, std::size_t tasks) const;

  NodesOptions options_;
  HostNames names_;
  sys::Fd epoll_;
  std::vector<std::unique_ptr<Node>> nodes_;
  std::vector<bool> waits_for_room_;  ///< of each node: its pipe is polled for room
  std::size_t live_ = 0;              ///< nodes that are not given up
  std::vector<NodeState*> states_;    ///< of the nodes
  Dealer dealer_;
  ReturnedFiles returned_files_;
  Work* work_ = nullptr;
  std::unique_ptr<Pulse> pulse_;
  std::chrono::nanoseconds call_limit_{0};  ///< 0: none, or as the command line says
  int warning_ = 0;
  bool recalling_all_ = false;
  bool ending_ = false;
  bool failed_ = false;                            ///< there was no machine left for the tasks
  std::unordered_map<std::uint64_t, int> losses_;  ///< by task: how many nodes were lost with it
};

}  // namespace prun::cluster
