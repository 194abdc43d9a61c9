/** The part of Vaultline's schema that the benchmark asks for. */
export const typeDefs = `
  type Query {
    job(id: ID!): Job
    activeJobs(first: Int = 50): JobConnection
    completedJobs(first: Int = 50): JobConnection
  }
  type JobConnection {
    nodes: [Job!]!
  }
  type Job {
    id: ID!
    status: String!
    title: String
    method: String
    createdBy: ID
    createdDate: String
    runStartDate: String
    runEndDate: String
    tasks: JobTaskConnection
  }
  type JobTaskConnection {
    nodes: [JobTask!]!
  }
  type JobTask {
    taskId: ID!
    state: String!
  }
`
