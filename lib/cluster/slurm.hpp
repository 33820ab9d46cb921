// What Slurm tells a job about its nodes, in environment variables. Pure text.
#pragma once

#include <tl/expected.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace prun::cluster {

/// "node[01-03,7],login" as "node01", "node02", "node03", "node7", "login" (SLURM_JOB_NODELIST). @return what is wrong
[[nodiscard]] tl::expected<std::vector<std::string>, std::string> expand_nodes(std::string_view list);

/// "2(x3),4" as 2, 2, 2, 4 (SLURM_JOB_CPUS_PER_NODE). @return what is wrong
[[nodiscard]] tl::expected<std::vector<std::uint32_t>, std::string> expand_cpus(std::string_view list);

}  // namespace prun::cluster
