-- Posts logs as learners do: each request is the next save of another learner's log.
local learners, saves, turn = {}, {}, 0
for line in io.lines(os.getenv("DIDIM_BENCH_POSTS")) do
  local path, cookie, token = line:match("([^\t]+)\t([^\t]+)\t([^\t]+)")
  learners[#learners + 1] = { path = path, cookie = cookie, token = token }
  saves[#learners] = 0
end

request = function()
  turn = turn % #learners + 1
  local one = learners[turn]
  local body = "state=done&line=joins+and+indexes&understanding=4&pace=right&minutes=50"
    .. "&key_points=&note=&revision=" .. saves[turn] .. "&csrf_token=" .. one.token
  saves[turn] = saves[turn] + 1
  local headers = { ["Cookie"] = one.cookie, ["User-Agent"] = "didim-bench", ["Content-Type"] = "application/x-www-form-urlencoded" }
  return wrk.format("POST", one.path, headers, body)
end
