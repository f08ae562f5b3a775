import Agent
import Glibc

// No argument parser and no Foundation here: they cost more memory than all the rest of the agent.
exit(AgentCommand.run(Array(CommandLine.arguments.dropFirst())).rawValue)
