// Generated from schema.graphql by `npm run codegen`. Do not edit.
import type { GraphQLResolveInfo, GraphQLScalarType, GraphQLScalarTypeConfig } from 'graphql';
import type { Job as JobModel, JobLink as JobLinkModel, JobProgress as JobProgressModel, JobTask as JobTaskModel, JobConnection as JobConnectionModel, JobTaskConnection as JobTaskConnectionModel, JobUpdate as JobUpdateModel, StartJobPayload as StartJobPayloadModel } from '../jobs/model.ts';
import type { Pipeline as PipelineModel } from '../pipelines/model.ts';
import type { ProfilingSession as ProfilingSessionModel, CreateProfilingSessionPayload as CreateProfilingSessionPayloadModel, EndProfilingSessionPayload as EndProfilingSessionPayloadModel, ProfilingResult as ProfilingResultModel, ProfilingResultsSummary as ProfilingResultsSummaryModel } from '../profiling-sessions/model.ts';
import type { SamplyProfile as SamplyProfileModel, SamplyProfileInProgress as SamplyProfileInProgressModel, SamplyProfileUnavailable as SamplyProfileUnavailableModel, SamplyProfileAnalysis as SamplyProfileAnalysisModel, SamplyThread as SamplyThreadModel, HotFunction as HotFunctionModel, FlameGraphNode as FlameGraphNodeModel, StartSamplyProfilePayload as StartSamplyProfilePayloadModel } from '../samply-profiles/model.ts';
import type { UploadSession as UploadSessionModel, UploadPart as UploadPartModel, CommitUploadSessionPayload as CommitUploadSessionPayloadModel } from '../upload-sessions/model.ts';
import type { Viewer as ViewerModel } from '../viewer/model.ts';
import type { OperationContext } from '../core/operation.ts';
export type Maybe<T> = T | null;
export type InputMaybe<T> = Maybe<T>;
export type Omit<T, K extends keyof T> = Pick<T, Exclude<keyof T, K>>;
export type RequireFields<T, K extends keyof T> = Omit<T, K> & { [P in K]-?: NonNullable<T[P]> };
/** All built-in and custom scalars, mapped to their actual values */
export type Scalars = {
  ID: { input: string; output: string; }
  String: { input: string; output: string; }
  Boolean: { input: boolean; output: boolean; }
  Int: { input: number; output: number; }
  Float: { input: number; output: number; }
  /**
   * A moment, as RFC 3339 text such as `2016-04-20T18:14:42.000Z`. What Vault prints is handed on unchanged.
   * Vault gives the dates of scheduled jobs in the time zone of the Vault user although they end in `Z`.
   */
  DateTime: { input: Date; output: string; }
  /** A whole number of up to 53 bits. Byte counts use it, since a file in Vault may have 500 GB. */
  SafeInt: { input: number; output: number; }
  /** An absolute web address. */
  URL: { input: URL; output: URL | string; }
};

/** What can be read. Each field asks Vault or Feldera with the credentials of the caller. */
export type Query = {
  readonly __typename?: 'Query';
  /** Who asks, as Vault knows them. Null where nobody is signed in: the caller brings no session, or one that has ended. */
  readonly viewer?: Maybe<Viewer>;
  /**
   * One job of Vault, active or finished. Null when Vault knows no job with this id, or the caller may not see it.
   * Vault answers the status of a job once in ten seconds; in between this field answers with what was last seen,
   * and `observedAt` tells how old that is. To follow a job, subscribe to `jobUpdated`.
   */
  readonly job?: Maybe<Job>;
  /**
   * Many jobs at once, in the order of the ids, null for each id that Vault does not know; and, with an error in its place,
   * for one that is no whole number. Cheaper than as many `job` fields: the gateway answers from Vault's lists where they
   * hold all that is selected.
   */
  readonly jobs?: Maybe<ReadonlyArray<Maybe<Job>>>;
  /**
   * The jobs that have not finished, scheduled ones included. A job may finish while you walk the pages, and then
   * others move up, so a walk can miss or repeat a job. To keep a list live, subscribe to `activeJobsUpdated`.
   */
  readonly activeJobs?: Maybe<JobConnection>;
  /**
   * The jobs that have finished, well or not. The first page fixes the moment up to which it looks, and its cursors
   * carry that moment, so a walk to the end gives each job once, also while further jobs finish.
   */
  readonly completedJobs?: Maybe<JobConnection>;
  /** All SDK profiling sessions that Vault keeps: at most ten. */
  readonly profilingSessions?: Maybe<ReadonlyArray<ProfilingSession>>;
  /** One SDK profiling session. Null when Vault knows none of this name. */
  readonly profilingSession?: Maybe<ProfilingSession>;
  /**
   * The resumable uploads to Vault's file staging that are under way: at most fifty. A Vault admin sees those of
   * everybody, another user sees their own.
   */
  readonly uploadSessions?: Maybe<ReadonlyArray<UploadSession>>;
  /**
   * One resumable upload. Null when Vault knows none of this id: it was never there, was committed or aborted, or
   * expired 72 hours after it began.
   */
  readonly uploadSession?: Maybe<UploadSession>;
  /**
   * All pipelines of Feldera that the caller may see, so that a screen can offer them. In Feldera's order, which may
   * change.
   */
  readonly pipelines?: Maybe<ReadonlyArray<Pipeline>>;
  /**
   * The CPU profile of a Feldera pipeline. Each answer that a screen has to show is data: the profile, its collection
   * in progress, or the reason why there is none.
   */
  readonly samplyProfile?: Maybe<SamplyProfileResult>;
};


/** What can be read. Each field asks Vault or Feldera with the credentials of the caller. */
export type QueryJobArgs = {
  id: Scalars['ID']['input'];
};


/** What can be read. Each field asks Vault or Feldera with the credentials of the caller. */
export type QueryJobsArgs = {
  ids: ReadonlyArray<Scalars['ID']['input']>;
};


/** What can be read. Each field asks Vault or Feldera with the credentials of the caller. */
export type QueryActiveJobsArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<ActiveJobFilter>;
};


/** What can be read. Each field asks Vault or Feldera with the credentials of the caller. */
export type QueryCompletedJobsArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<CompletedJobFilter>;
};


/** What can be read. Each field asks Vault or Feldera with the credentials of the caller. */
export type QueryProfilingSessionArgs = {
  name: Scalars['String']['input'];
};


/** What can be read. Each field asks Vault or Feldera with the credentials of the caller. */
export type QueryUploadSessionArgs = {
  id: Scalars['ID']['input'];
};


/** What can be read. Each field asks Vault or Feldera with the credentials of the caller. */
export type QuerySamplyProfileArgs = {
  pipelineName: Scalars['String']['input'];
  ordinal?: InputMaybe<Scalars['Int']['input']>;
  latest?: InputMaybe<Scalars['Boolean']['input']>;
};

/** What can be set going. No mutation is ever sent to Vault or Feldera twice. */
export type Mutation = {
  readonly __typename?: 'Mutation';
  /**
   * Signs a browser in at Vault, with the user's name and password there. The answer sets a cookie that no script can read,
   * and the browser sends it along from then on: no page ever holds a session of Vault. It ends after 48 hours at the latest,
   * with `signOut`, and when the user is idle for longer than Vault allows. Only by POST to `/graphql`. Fails with
   * USERNAME_OR_PASSWORD_INCORRECT, USER_LOCKED_OUT or PASSWORD_CHANGE_REQUIRED as Vault says, with FORBIDDEN where the user
   * has no access to this Vault, and with RATE_LIMITED after too many attempts.
   */
  readonly signIn?: Maybe<SignInPayload>;
  /**
   * Signs the browser out: its session at Vault ends, its cookie goes, and what it follows ends. Only by POST to `/graphql`.
   * Does nothing where nobody is signed in by cookie; a session that came in a header is its sender's own.
   */
  readonly signOut?: Maybe<SignOutPayload>;
  /** Starts a scheduled job now instead of at its scheduled time. Fails with CONFLICT when the job is not scheduled. */
  readonly startJob?: Maybe<StartJobPayload>;
  /**
   * Begins a resumable upload to Vault's file staging. Then send the file in parts to
   * `PUT /upload-sessions/{id}/parts/{partNumber}`, one after the other, and commit. Fails with CONFLICT when the file
   * is there already and `overwrite` is false, or when Vault has as many uploads under way as it allows: 50.
   */
  readonly createUploadSession?: Maybe<CreateUploadSessionPayload>;
  /**
   * Tells Vault that all parts of an upload have arrived. Vault puts the file together in a job, and the file is in file
   * staging when that has succeeded: subscribe to `jobUpdated`. The upload session ends with this. Fails with CONFLICT while
   * parts are missing; the message says which is next.
   */
  readonly commitUploadSession?: Maybe<CommitUploadSessionPayload>;
  /** Gives an upload up. Vault throws its parts away. Fails with NOT_FOUND when there is no such session. */
  readonly abortUploadSession?: Maybe<AbortUploadSessionPayload>;
  /**
   * Creates a profiling session, which begins to record at once. Fails with CONFLICT when another session is active
   * (recording, or its results are being prepared), when Vault keeps ten already, or when a session has the name that
   * Vault would make of the label; the message says what to do. Needs Vault's permission for the logs of its Java SDK.
   */
  readonly createProfilingSession?: Maybe<CreateProfilingSessionPayload>;
  /**
   * Ends a profiling session that is recording, before its 20 minutes or 10,000 requests are over. Vault then prepares the
   * results: to hear when they are there, subscribe to `profilingSessionUpdated`. Fails with CONFLICT when the session is
   * not recording any more, and with NOT_FOUND when there is none of this name.
   */
  readonly endProfilingSession?: Maybe<EndProfilingSessionPayload>;
  /**
   * Deletes a profiling session and its results. Fails with CONFLICT while the session is active, which means until it is
   * complete, and with NOT_FOUND when there is none of this name.
   */
  readonly deleteProfilingSession?: Maybe<DeleteProfilingSessionPayload>;
  /**
   * Starts to collect a CPU profile of a running Feldera pipeline. When a collection is under way already, that one is
   * answered, as in progress.
   */
  readonly startSamplyProfile?: Maybe<StartSamplyProfilePayload>;
};


/** What can be set going. No mutation is ever sent to Vault or Feldera twice. */
export type MutationSignInArgs = {
  input: SignInInput;
};


/** What can be set going. No mutation is ever sent to Vault or Feldera twice. */
export type MutationStartJobArgs = {
  id: Scalars['ID']['input'];
};


/** What can be set going. No mutation is ever sent to Vault or Feldera twice. */
export type MutationCreateUploadSessionArgs = {
  input: CreateUploadSessionInput;
};


/** What can be set going. No mutation is ever sent to Vault or Feldera twice. */
export type MutationCommitUploadSessionArgs = {
  id: Scalars['ID']['input'];
};


/** What can be set going. No mutation is ever sent to Vault or Feldera twice. */
export type MutationAbortUploadSessionArgs = {
  id: Scalars['ID']['input'];
};


/** What can be set going. No mutation is ever sent to Vault or Feldera twice. */
export type MutationCreateProfilingSessionArgs = {
  input: CreateProfilingSessionInput;
};


/** What can be set going. No mutation is ever sent to Vault or Feldera twice. */
export type MutationEndProfilingSessionArgs = {
  name: Scalars['String']['input'];
};


/** What can be set going. No mutation is ever sent to Vault or Feldera twice. */
export type MutationDeleteProfilingSessionArgs = {
  name: Scalars['String']['input'];
};


/** What can be set going. No mutation is ever sent to Vault or Feldera twice. */
export type MutationStartSamplyProfileArgs = {
  pipelineName: Scalars['String']['input'];
  durationSecs?: InputMaybe<Scalars['Int']['input']>;
  ordinal?: InputMaybe<Scalars['Int']['input']>;
};

/**
 * What can be followed. The gateway asks Vault or Feldera once for all who follow the same thing with the same
 * credentials, and sends only what changed.
 */
export type Subscription = {
  readonly __typename?: 'Subscription';
  /**
   * Follows one job: its present state at once, then each change, and after the last state of a finished job the
   * subscription completes. Fails with NOT_FOUND when Vault knows no such job. While Vault cannot be reached the
   * subscription stays open and goes on afterwards.
   */
  readonly jobUpdated?: Maybe<JobUpdate>;
  /**
   * Follows several jobs: the present state of each at once, then each change of any of them. Completes when all have
   * finished. An id that Vault does not know gives one message with a NOT_FOUND error, and the others go on.
   */
  readonly jobsUpdated?: Maybe<JobUpdate>;
  /**
   * Follows all jobs that have not finished: each that there is at once, then each that appears, changes or finishes.
   * With a filter, the jobs that meet it, and the change with which one stops to. It never completes.
   */
  readonly activeJobsUpdated?: Maybe<JobUpdate>;
  /**
   * Follows one profiling session: its present state at once, then each change. Completes when its results can be
   * downloaded. Fails with NOT_FOUND when Vault knows no such session.
   */
  readonly profilingSessionUpdated?: Maybe<ProfilingSession>;
  /**
   * Follows one upload: its present state at once, then each change. Completes when Vault has the session no more, since
   * it was committed, was aborted or has expired. Fails with NOT_FOUND when there is no such session from the beginning.
   */
  readonly uploadSessionUpdated?: Maybe<UploadSession>;
  /**
   * Follows the newest CPU profile of a pipeline: what there is to say at once, then each change. Completes when the
   * profile is there, its collection has failed, or Feldera knows no such pipeline. A pipeline that does not run, or of
   * which no profile was collected, is told and followed on.
   */
  readonly samplyProfileUpdated?: Maybe<SamplyProfileResult>;
};


/**
 * What can be followed. The gateway asks Vault or Feldera once for all who follow the same thing with the same
 * credentials, and sends only what changed.
 */
export type SubscriptionJobUpdatedArgs = {
  id: Scalars['ID']['input'];
};


/**
 * What can be followed. The gateway asks Vault or Feldera once for all who follow the same thing with the same
 * credentials, and sends only what changed.
 */
export type SubscriptionJobsUpdatedArgs = {
  ids: ReadonlyArray<Scalars['ID']['input']>;
};


/**
 * What can be followed. The gateway asks Vault or Feldera once for all who follow the same thing with the same
 * credentials, and sends only what changed.
 */
export type SubscriptionActiveJobsUpdatedArgs = {
  filter?: InputMaybe<ActiveJobFilter>;
};


/**
 * What can be followed. The gateway asks Vault or Feldera once for all who follow the same thing with the same
 * credentials, and sends only what changed.
 */
export type SubscriptionProfilingSessionUpdatedArgs = {
  name: Scalars['String']['input'];
};


/**
 * What can be followed. The gateway asks Vault or Feldera once for all who follow the same thing with the same
 * credentials, and sends only what changed.
 */
export type SubscriptionUploadSessionUpdatedArgs = {
  id: Scalars['ID']['input'];
};


/**
 * What can be followed. The gateway asks Vault or Feldera once for all who follow the same thing with the same
 * credentials, and sends only what changed.
 */
export type SubscriptionSamplyProfileUpdatedArgs = {
  pipelineName: Scalars['String']['input'];
  ordinal?: InputMaybe<Scalars['Int']['input']>;
};

/** The user who asks. */
export type Viewer = {
  readonly __typename?: 'Viewer';
  /** Vault's id of the user. */
  readonly userId: Scalars['ID']['output'];
  /** The id of the Vault that the session belongs to. Null where Vault does not tell it. */
  readonly vaultId?: Maybe<Scalars['ID']['output']>;
  /**
   * When the sign-in ends at the latest, 48 hours after it began. Null where the caller brought a session of its own, of
   * which the gateway does not know when it began.
   */
  readonly expiresAt?: Maybe<Scalars['DateTime']['output']>;
};

/** Who signs in. */
export type SignInInput = {
  /** The name of the user in Vault, such as `ada@example.com`. */
  readonly username: Scalars['String']['input'];
  /** The user's password. It goes to Vault, and the gateway keeps it nowhere. */
  readonly password: Scalars['String']['input'];
};

/** What `signIn` answers. */
export type SignInPayload = {
  readonly __typename?: 'SignInPayload';
  /** The user who is now signed in. */
  readonly viewer: Viewer;
};

/** What `signOut` answers. */
export type SignOutPayload = {
  readonly __typename?: 'SignOutPayload';
  /** Vault's id of the user who was signed out. Null where nobody was signed in by cookie. */
  readonly userId?: Maybe<Scalars['ID']['output']>;
};

/** What `startJob` answers. */
export type StartJobPayload = {
  readonly __typename?: 'StartJobPayload';
  /** The job that was started, as Vault describes it afterwards. Null, with an error, when it was started but could not be read. */
  readonly job?: Maybe<Job>;
};

/** A file to upload to Vault's file staging. */
export type CreateUploadSessionInput = {
  /** Where the file is to be in file staging, its name included, such as `/u1001/imports/products.csv`. */
  readonly path: Scalars['String']['input'];
  /** The size of the whole file, in bytes. */
  readonly size: Scalars['SafeInt']['input'];
  /** Whether a file that is there already is replaced. */
  readonly overwrite?: InputMaybe<Scalars['Boolean']['input']>;
};

/** What `createUploadSession` answers. */
export type CreateUploadSessionPayload = {
  readonly __typename?: 'CreateUploadSessionPayload';
  /** The upload that has begun. */
  readonly uploadSession?: Maybe<UploadSession>;
};

/** What `commitUploadSession` answers. */
export type CommitUploadSessionPayload = {
  readonly __typename?: 'CommitUploadSessionPayload';
  /** Vault's id of the job that puts the file together. It is there also when the job could not be read. */
  readonly jobId: Scalars['ID']['output'];
  /** The job that puts the file together. Null, with an error, when it was started but could not be read. */
  readonly job?: Maybe<Job>;
};

/** What `abortUploadSession` answers. */
export type AbortUploadSessionPayload = {
  readonly __typename?: 'AbortUploadSessionPayload';
  /** The id of the upload session that is gone. */
  readonly id: Scalars['ID']['output'];
};

/** What a new profiling session is to record. */
export type CreateProfilingSessionInput = {
  /** What people call the session: 1 to 255 characters, not only spaces. Vault makes the name of it. */
  readonly label: Scalars['String']['input'];
  /** What the session is for: up to 4,000 characters. Left out or empty: none. */
  readonly description?: InputMaybe<Scalars['String']['input']>;
  /** Vault's id of the one user whose requests are recorded: a whole number. Left out: the requests of all users. */
  readonly userId?: InputMaybe<Scalars['ID']['input']>;
};

/** What `createProfilingSession` answers. */
export type CreateProfilingSessionPayload = {
  readonly __typename?: 'CreateProfilingSessionPayload';
  /**
   * The session, as Vault describes it afterwards. Null, with an error that names the session, when it was created but
   * could not be read.
   */
  readonly profilingSession?: Maybe<ProfilingSession>;
};

/** What `endProfilingSession` answers. */
export type EndProfilingSessionPayload = {
  readonly __typename?: 'EndProfilingSessionPayload';
  /**
   * The session, as Vault describes it afterwards. Null, with an error that says so, when it was ended but could not be
   * read.
   */
  readonly profilingSession?: Maybe<ProfilingSession>;
};

/** What `deleteProfilingSession` answers. */
export type DeleteProfilingSessionPayload = {
  readonly __typename?: 'DeleteProfilingSessionPayload';
  /** The name of the session that is there no more. */
  readonly name: Scalars['String']['output'];
};

/** What `startSamplyProfile` answers. */
export type StartSamplyProfilePayload = {
  readonly __typename?: 'StartSamplyProfilePayload';
  /** The collection that is now under way, or why there is none. */
  readonly profile?: Maybe<SamplyProfileResult>;
};

/** One message of a job subscription. */
export type JobUpdate = {
  readonly __typename?: 'JobUpdate';
  /** The job as it is now. */
  readonly job: Job;
  /** The status that the job had before this change, as far as the gateway saw it. Null in the first message about a job. */
  readonly previousStatus?: Maybe<JobStatus>;
  /** When the gateway heard of this from Vault. */
  readonly observedAt: Scalars['DateTime']['output'];
};

/** A piece of work that Vault does in the background: an export, a migration, an SDK job, the commit of an upload. */
export type Job = {
  readonly __typename?: 'Job';
  /** Vault's id of the job, a whole number. */
  readonly id: Scalars['ID']['output'];
  /** Where the job stands. */
  readonly status: JobStatus;
  /** The status in Vault's own words, also where `status` is UNKNOWN. */
  readonly rawStatus: Scalars['String']['output'];
  /** Whether the job is over, well or not. A finished job never changes again. */
  readonly isFinished: Scalars['Boolean']['output'];
  /**
   * What the job is called on Vault's screens. Only Vault's lists tell it: null where the job was read by its id alone
   * and was on no list that the gateway read for this caller.
   */
  readonly title?: Maybe<Scalars['String']['output']>;
  /** Vault's name for the kind of job. Asking for it on a job of a list costs a call for that job. */
  readonly method?: Maybe<Scalars['String']['output']>;
  /** Where the results are. Vault fills it when the job has finished. Asking for it on a job of a list costs a call for that job. */
  readonly links?: Maybe<ReadonlyArray<JobLink>>;
  /**
   * How many tasks of an SDK job are in which state. Null for other jobs. Asking for it on a job of a list costs a call
   * for that job.
   */
  readonly progress?: Maybe<ReadonlyArray<JobProgress>>;
  /** Vault's id of the user who created the job. */
  readonly createdBy?: Maybe<Scalars['ID']['output']>;
  /** When the job was created. */
  readonly createdDate?: Maybe<Scalars['DateTime']['output']>;
  /** Vault's id of the user who last changed the job. Only Vault's lists tell it, like `title`. */
  readonly modifiedBy?: Maybe<Scalars['ID']['output']>;
  /** When the job was last changed. Only Vault's lists tell it, like `title`. */
  readonly modifiedDate?: Maybe<Scalars['DateTime']['output']>;
  /** When the job began to run, or will, where it is scheduled. Null before Vault knows. */
  readonly runStartDate?: Maybe<Scalars['DateTime']['output']>;
  /** When the job ended. Null while it has not. */
  readonly runEndDate?: Maybe<Scalars['DateTime']['output']>;
  /** When the gateway last heard this from Vault. */
  readonly observedAt: Scalars['DateTime']['output'];
  /**
   * The parts of an SDK job. Empty for other jobs. Costs a call for this job; null, with an error, when that call fails;
   * null alone where Vault knows the job no more.
   * While nothing else changes of the job they may be two seconds old.
   */
  readonly tasks?: Maybe<JobTaskConnection>;
};


/** A piece of work that Vault does in the background: an export, a migration, an SDK job, the commit of an upload. */
export type JobTasksArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
};

/** A link from a job to what belongs to it. */
export type JobLink = {
  readonly __typename?: 'JobLink';
  /** What the link leads to: `self` is the job, `artifacts` its results. */
  readonly rel: Scalars['String']['output'];
  /** The address in Vault's REST API, relative to the Vault or absolute. It takes Vault credentials to open. */
  readonly href: Scalars['String']['output'];
  /** The HTTP method to use, such as `GET`. */
  readonly method: Scalars['String']['output'];
  /** The media type that the answer has. */
  readonly accept?: Maybe<Scalars['String']['output']>;
};

/** How many tasks of an SDK job share a status. */
export type JobProgress = {
  readonly __typename?: 'JobProgress';
  /** The status in Vault's own words. */
  readonly status: Scalars['String']['output'];
  /** How many tasks have it. */
  readonly size: Scalars['Int']['output'];
};

/** One part of an SDK job. */
export type JobTask = {
  readonly __typename?: 'JobTask';
  /** Unique among the tasks of all jobs: `{jobId}/{taskId}`. */
  readonly id: Scalars['ID']['output'];
  /** Vault's id of the task, unique within its job only: the first task of every job is `Task1`. */
  readonly taskId: Scalars['String']['output'];
  /** Where the task stands. */
  readonly state: JobStatus;
  /** The state in Vault's own words, also where `state` is UNKNOWN. */
  readonly rawState: Scalars['String']['output'];
  /** The job that the task is part of. */
  readonly job?: Maybe<Job>;
};

/** Where a job or a task stands. */
export type JobStatus =
  /** Waits for its scheduled time. */
  | 'SCHEDULED'
  /** Is being put into the queue. */
  | 'QUEUEING'
  /** Waits in the queue. */
  | 'QUEUED'
  /** Is at work. */
  | 'RUNNING'
  /** Finished, all well. */
  | 'SUCCESS'
  /** Finished, with errors along the way. */
  | 'ERRORS_ENCOUNTERED'
  /** Finished: it could not be run. */
  | 'FAILED_TO_RUN'
  /** Finished: somebody cancelled it. */
  | 'CANCELLED'
  /** Finished: it took too long and was stopped. */
  | 'TIMEOUT'
  /** Finished: Vault closed it since nothing happened any more. */
  | 'COMPLETED_DUE_TO_INACTIVITY'
  /** Finished: its scheduled time passed without a run. */
  | 'MISSED_SCHEDULE'
  /** A status that this gateway does not know yet. The raw status beside it has Vault's word. */
  | 'UNKNOWN';

/** The statuses by which Vault can filter active jobs. */
export type ActiveJobStatus =
  /** Waits for its scheduled time. */
  | 'SCHEDULED'
  /** Waits in the queue. */
  | 'QUEUED'
  /** Is at work. */
  | 'RUNNING';

/** The statuses by which Vault can filter completed jobs. */
export type CompletedJobStatus =
  /** All well. */
  | 'SUCCESS'
  /** With errors along the way. */
  | 'ERRORS_ENCOUNTERED'
  /** Could not be run. */
  | 'FAILED_TO_RUN'
  /** Its scheduled time passed without a run. */
  | 'MISSED_SCHEDULE'
  /** Took too long and was stopped. */
  | 'TIMEOUT'
  /** Closed by Vault since nothing happened any more. */
  | 'COMPLETED_DUE_TO_INACTIVITY'
  /** Cancelled by somebody. */
  | 'CANCELLED';

/** Which active jobs to return. A job must meet all that is given. */
export type ActiveJobFilter = {
  /** Only jobs with this status. */
  readonly status?: InputMaybe<ActiveJobStatus>;
  /** Only jobs created at this moment or later. */
  readonly startDate?: InputMaybe<Scalars['DateTime']['input']>;
  /** Only jobs created up to this moment. */
  readonly endDate?: InputMaybe<Scalars['DateTime']['input']>;
};

/** Which completed jobs to return. A job must meet all that is given. */
export type CompletedJobFilter = {
  /** Only jobs that ended with this status. */
  readonly status?: InputMaybe<CompletedJobStatus>;
  /** Only jobs completed at this moment or later. */
  readonly startDate?: InputMaybe<Scalars['DateTime']['input']>;
  /** Only jobs completed up to this moment. */
  readonly endDate?: InputMaybe<Scalars['DateTime']['input']>;
};

/** One page of a list of jobs. */
export type JobConnection = {
  readonly __typename?: 'JobConnection';
  /** The jobs of the page, each with its cursor. */
  readonly edges: ReadonlyArray<JobEdge>;
  /** The jobs of the page. */
  readonly nodes: ReadonlyArray<Job>;
  /** Whether there is more, and where it begins. */
  readonly pageInfo: PageInfo;
  /** How many jobs the whole list has, as Vault counts them now. */
  readonly totalCount: Scalars['Int']['output'];
};

/** A job in its place on a list. */
export type JobEdge = {
  readonly __typename?: 'JobEdge';
  /** The place of this job; pass it as `after` to go on behind it. */
  readonly cursor: Scalars['String']['output'];
  /** The job. */
  readonly node: Job;
};

/** One page of the tasks of a job. */
export type JobTaskConnection = {
  readonly __typename?: 'JobTaskConnection';
  /** The tasks of the page, each with its cursor. */
  readonly edges: ReadonlyArray<JobTaskEdge>;
  /** The tasks of the page. */
  readonly nodes: ReadonlyArray<JobTask>;
  /** Whether there is more, and where it begins. */
  readonly pageInfo: PageInfo;
  /** How many tasks the job has. */
  readonly totalCount: Scalars['Int']['output'];
};

/** A task in its place on a list. */
export type JobTaskEdge = {
  readonly __typename?: 'JobTaskEdge';
  /** The place of this task; pass it as `after` to go on behind it. */
  readonly cursor: Scalars['String']['output'];
  /** The task. */
  readonly node: JobTask;
};

/** Where a page stands in its list (Relay's PageInfo). Lists are walked forwards only. */
export type PageInfo = {
  readonly __typename?: 'PageInfo';
  /** Whether there are more elements behind this page. */
  readonly hasNextPage: Scalars['Boolean']['output'];
  /** Whether there are elements before this page. */
  readonly hasPreviousPage: Scalars['Boolean']['output'];
  /** The cursor of the first element. Null on an empty page. */
  readonly startCursor?: Maybe<Scalars['String']['output']>;
  /** The cursor of the last element; pass it as `after` for the next page. Null on an empty page. */
  readonly endCursor?: Maybe<Scalars['String']['output']>;
};

/**
 * A recording of what custom Java SDK code costs in a Vault. It runs for 20 minutes or 10,000 requests, then Vault
 * prepares the results, which takes about 15 minutes. One can be active at a time, and ten are kept.
 */
export type ProfilingSession = {
  readonly __typename?: 'ProfilingSession';
  /** Vault's id of the session, such as `0LS000000003002`. Vault finds sessions by `name`, not by this. */
  readonly id: Scalars['ID']['output'];
  /** The name by which Vault finds the session, such as `baseline__c`. Vault makes it from the label. */
  readonly name: Scalars['String']['output'];
  /** What people call the session. */
  readonly label: Scalars['String']['output'];
  /** What the session is for. */
  readonly description?: Maybe<Scalars['String']['output']>;
  /** Where the session stands. */
  readonly status: ProfilingSessionStatus;
  /** The status in Vault's own words, also where `status` is UNKNOWN. */
  readonly rawStatus: Scalars['String']['output'];
  /** Vault's id of the user whose requests are recorded. Null: the requests of all users. */
  readonly userId?: Maybe<Scalars['ID']['output']>;
  /** When the session was created, which is when it began to record. */
  readonly createdDate: Scalars['DateTime']['output'];
  /** When Vault deletes the session and its results. */
  readonly expirationDate?: Maybe<Scalars['DateTime']['output']>;
  /** When the gateway heard this from Vault. */
  readonly observedAt: Scalars['DateTime']['output'];
  /**
   * Where to download the results, a ZIP with a CSV. Null until the session is complete. The address carries a sealed
   * token and works without further credentials for five minutes: treat it as a secret.
   */
  readonly resultsUrl?: Maybe<Scalars['URL']['output']>;
  /**
   * The results, one element for each SDK request, at most 100,000. Null until the session is complete. The gateway reads
   * the ZIP once for all fields and pages, which takes seconds where it is large. Where it cannot read it, this field
   * alone fails, and `resultsUrl` still works.
   */
  readonly results?: Maybe<ProfilingResultConnection>;
  /**
   * Sums and percentiles over all results. Null until the session is complete. It reads the same ZIP as `results`, once for
   * both.
   */
  readonly resultsSummary?: Maybe<ProfilingResultsSummary>;
};


/**
 * A recording of what custom Java SDK code costs in a Vault. It runs for 20 minutes or 10,000 requests, then Vault
 * prepares the results, which takes about 15 minutes. One can be active at a time, and ten are kept.
 */
export type ProfilingSessionResultsArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
  orderBy?: InputMaybe<ProfilingResultOrder>;
};

/**
 * In which order results come. Where two are equal, and where the value is missing or cannot be read, it is that of
 * Vault's file; what is missing comes last.
 */
export type ProfilingResultOrder =
  /** The most CPU time first. */
  | 'CPU_TIME'
  /** The longest first. */
  | 'ELAPSED_TIME'
  /** The most memory first. */
  | 'MEMORY'
  /** The earliest first. */
  | 'TIMESTAMP';

/** One page of the results of a profiling session. */
export type ProfilingResultConnection = {
  readonly __typename?: 'ProfilingResultConnection';
  /** The results of the page, each with its cursor. */
  readonly edges: ReadonlyArray<ProfilingResultEdge>;
  /** The results of the page. */
  readonly nodes: ReadonlyArray<ProfilingResult>;
  /** Whether there is more, and where it begins. */
  readonly pageInfo: PageInfo;
  /** How many results the session has. */
  readonly totalCount: Scalars['Int']['output'];
};

/** A result and its place in the list. */
export type ProfilingResultEdge = {
  readonly __typename?: 'ProfilingResultEdge';
  /** Pass it as `after` to go on behind this result. */
  readonly cursor: Scalars['String']['output'];
  /** The result. */
  readonly node: ProfilingResult;
};

/**
 * What one SDK request has cost: one call into custom Java SDK code. What Vault's file leaves empty, or writes in a way that
 * cannot be read, is null.
 */
export type ProfilingResult = {
  readonly __typename?: 'ProfilingResult';
  /** The session's id and the number of the row in Vault's file, such as `0LS000000003002/17`. It never changes. */
  readonly id: Scalars['ID']['output'];
  /** When the request began. Null where Vault writes it in a way that is not known: see `rawTimestamp`. */
  readonly timestamp?: Maybe<Scalars['DateTime']['output']>;
  /** When the request began, as Vault writes it, in UTC. */
  readonly rawTimestamp?: Maybe<Scalars['String']['output']>;
  /** Vault's id of the user who made the request. */
  readonly userId?: Maybe<Scalars['ID']['output']>;
  /** The name of the user who made the request. */
  readonly userName?: Maybe<Scalars['String']['output']>;
  /** Vault's id of the execution of the request. */
  readonly executionId?: Maybe<Scalars['String']['output']>;
  /** Vault's id of the request. */
  readonly sdkRequestId?: Maybe<Scalars['String']['output']>;
  /** How many entry points of SDK code ran: triggers, actions and the like. */
  readonly sdkCount?: Maybe<Scalars['SafeInt']['output']>;
  /** CPU time in nanoseconds. */
  readonly cpuTimeNs?: Maybe<Scalars['SafeInt']['output']>;
  /** Time from begin to end in milliseconds. */
  readonly elapsedTimeMs?: Maybe<Scalars['Float']['output']>;
  /** Memory that was consumed, in bytes. Gross: what was given back meanwhile counts too. */
  readonly grossMemoryBytes?: Maybe<Scalars['SafeInt']['output']>;
};

/** What all results of a profiling session come to. */
export type ProfilingResultsSummary = {
  readonly __typename?: 'ProfilingResultsSummary';
  /** How many requests were recorded. */
  readonly requestCount: Scalars['Int']['output'];
  /** How many users made them, told apart by id. */
  readonly userCount: Scalars['Int']['output'];
  /** The sums over all requests. */
  readonly totals: ProfilingTotals;
  /** How CPU time is spread over the requests, in nanoseconds. Null where there is none. */
  readonly cpuTimeNs?: Maybe<ProfilingPercentiles>;
  /** How elapsed time is spread over the requests, in milliseconds. Null where there is none. */
  readonly elapsedTimeMs?: Maybe<ProfilingPercentiles>;
  /** How many requests took how much CPU time, in nanoseconds: bins in ascending order. Empty where no request tells it. */
  readonly cpuTimeHistogram: ReadonlyArray<ProfilingHistogramBin>;
  /** How many requests took how long, in milliseconds: bins in ascending order. Empty where no request tells it. */
  readonly elapsedTimeHistogram: ReadonlyArray<ProfilingHistogramBin>;
  /** How many requests consumed how much memory, in bytes: bins in ascending order. Empty where no request tells it. */
  readonly grossMemoryHistogram: ReadonlyArray<ProfilingHistogramBin>;
  /** The ten requests with the most CPU time, the most expensive first. Fewer where there are not so many. */
  readonly mostExpensive: ReadonlyArray<ProfilingResult>;
};

/**
 * One bin of a histogram. Bounds are 1, 2 and 5 times a power of ten, since costs are spread over orders of magnitude; where
 * requests cost nothing, a bin from 0 comes first. Each bin begins where the one before ends, so that one in between may
 * have a count of 0.
 */
export type ProfilingHistogramBin = {
  readonly __typename?: 'ProfilingHistogramBin';
  /** The least value that counts here. */
  readonly from: Scalars['Float']['output'];
  /** Values up to this, but not this one. */
  readonly to: Scalars['Float']['output'];
  /** How many requests have such a value. */
  readonly count: Scalars['Int']['output'];
};

/** Sums over all requests. A value that a request lacks counts as 0. Exact up to 2^53: 104 days of CPU time. */
export type ProfilingTotals = {
  readonly __typename?: 'ProfilingTotals';
  /** Entry points that ran. */
  readonly sdkCount: Scalars['Float']['output'];
  /** CPU time in nanoseconds. */
  readonly cpuTimeNs: Scalars['Float']['output'];
  /** Elapsed time in milliseconds. Requests run side by side, so that it may be more than the session took. */
  readonly elapsedTimeMs: Scalars['Float']['output'];
  /** Memory that was consumed, in bytes. */
  readonly grossMemoryBytes: Scalars['Float']['output'];
};

/**
 * Percentiles by the nearest rank: the smallest value that this many of a hundred requests do not exceed. Each is the value
 * of some request.
 */
export type ProfilingPercentiles = {
  readonly __typename?: 'ProfilingPercentiles';
  /** Half of the requests do not exceed this. */
  readonly p50: Scalars['Float']['output'];
  /** Of 100 requests, 95 do not exceed this. */
  readonly p95: Scalars['Float']['output'];
  /** Of 100 requests, 99 do not exceed this. */
  readonly p99: Scalars['Float']['output'];
};

/** Where a profiling session stands. */
export type ProfilingSessionStatus =
  /** Is recording. */
  | 'IN_PROGRESS'
  /** Has ended; Vault prepares the results. */
  | 'PROCESSING'
  /** Has ended, and the results can be downloaded. */
  | 'COMPLETE'
  /** A status that this gateway does not know yet. `rawStatus` has Vault's word. */
  | 'UNKNOWN';

/** A file on its way into Vault's file staging, in parts, so that a broken upload can go on where it stopped. */
export type UploadSession = {
  readonly __typename?: 'UploadSession';
  /** Vault's id of the session. */
  readonly id: Scalars['ID']['output'];
  /** Where the file will be in file staging. */
  readonly path: Scalars['String']['output'];
  /** The name of the file: the last segment of `path`. */
  readonly name: Scalars['String']['output'];
  /** Vault's id of the user who uploads. Only this user can send parts. */
  readonly owner: Scalars['ID']['output'];
  /** When the session was created. */
  readonly createdDate: Scalars['DateTime']['output'];
  /** When the last part arrived, or the session was created. */
  readonly lastUploadedDate: Scalars['DateTime']['output'];
  /** When Vault throws the session and its parts away: 72 hours after it was created. */
  readonly expirationDate: Scalars['DateTime']['output'];
  /** How many parts have arrived. */
  readonly uploadedParts: Scalars['Int']['output'];
  /** The size of the whole file, in bytes. */
  readonly size: Scalars['SafeInt']['output'];
  /** How much has arrived, in bytes. */
  readonly uploaded: Scalars['SafeInt']['output'];
  /** How much has arrived, from 0 to 1. An empty file is 1. */
  readonly progress: Scalars['Float']['output'];
  /** When the gateway heard this from Vault. */
  readonly observedAt: Scalars['DateTime']['output'];
  /**
   * The parts that have arrived, in the order of their numbers: what to compare a file with before going on with its upload.
   * Another call to Vault.
   */
  readonly parts?: Maybe<UploadPartConnection>;
};


/** A file on its way into Vault's file staging, in parts, so that a broken upload can go on where it stopped. */
export type UploadSessionPartsArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
};

/** A part of a file that has arrived in Vault. */
export type UploadPart = {
  readonly __typename?: 'UploadPart';
  /** The place of the part in the file, counted from 1. */
  readonly partNumber: Scalars['Int']['output'];
  /** The size of the part, in bytes. */
  readonly size: Scalars['SafeInt']['output'];
  /** The MD5 of the part, in hex. Null where Vault does not tell it. */
  readonly contentMd5?: Maybe<Scalars['String']['output']>;
};

/** A page of the parts of an upload (Relay's connection). */
export type UploadPartConnection = {
  readonly __typename?: 'UploadPartConnection';
  /** The parts with their cursors. */
  readonly edges: ReadonlyArray<UploadPartEdge>;
  /** The parts of the page. */
  readonly nodes: ReadonlyArray<UploadPart>;
  /** Whether there is more, and where it begins. */
  readonly pageInfo: PageInfo;
  /** How many parts have arrived. */
  readonly totalCount: Scalars['Int']['output'];
};

/** A part in its place on a list. */
export type UploadPartEdge = {
  readonly __typename?: 'UploadPartEdge';
  /** The place of this part; pass it as `after` to go on behind it. */
  readonly cursor: Scalars['String']['output'];
  /** The part. */
  readonly node: UploadPart;
};

/** A program in SQL that Feldera runs. */
export type Pipeline = {
  readonly __typename?: 'Pipeline';
  /** The name by which Feldera finds the pipeline: letters, digits, `_` and `-`. */
  readonly name: Scalars['String']['output'];
  /** What the pipeline is for. Null where nobody has said. */
  readonly description?: Maybe<Scalars['String']['output']>;
  /** Where the pipeline stands. */
  readonly status: PipelineStatus;
  /** The status in Feldera's own words, also where `status` is UNKNOWN. Empty where Feldera says none. */
  readonly rawStatus: Scalars['String']['output'];
  /**
   * Whether a CPU profile can be collected now, and one that was collected can be read: the pipeline is RUNNING, PAUSED,
   * CONCURRENT_BOOTSTRAPPING or SYNCHRONIZING, as in Feldera's own console.
   */
  readonly canProfile: Scalars['Boolean']['output'];
  /**
   * The CPU profile of this pipeline, as `Query.samplyProfile` gives it. Costs a call for this pipeline; null, with an
   * error, when that call fails.
   */
  readonly samplyProfile?: Maybe<SamplyProfileResult>;
};


/** A program in SQL that Feldera runs. */
export type PipelineSamplyProfileArgs = {
  ordinal?: InputMaybe<Scalars['Int']['input']>;
  latest?: InputMaybe<Scalars['Boolean']['input']>;
};

/** Where a Feldera pipeline stands. */
export type PipelineStatus =
  /** Does not run, and holds no machine. */
  | 'STOPPED'
  /** Waits for a machine to run on. */
  | 'PROVISIONING'
  /** Has a machine, but its process does not answer. */
  | 'UNAVAILABLE'
  /** Runs on several hosts, which are being brought together. */
  | 'COORDINATION'
  /** Stands by for another one, and takes over when it is told to. */
  | 'STANDBY'
  /** Was changed, and waits for somebody to approve that it starts with the changes. */
  | 'AWAITING_APPROVAL'
  /** Its process starts. */
  | 'INITIALIZING'
  /** Computes new and changed views from what it has stored, and takes no input meanwhile. */
  | 'BOOTSTRAPPING'
  /** Computes new and changed views while the others go on. */
  | 'CONCURRENT_BOOTSTRAPPING'
  /** Brings new and changed views up to date with the others; its input pauses meanwhile. */
  | 'SYNCHRONIZING'
  /** Repeats the input that it had taken before it stopped. */
  | 'REPLAYING'
  /** Runs, but takes no input. */
  | 'PAUSED'
  /** Is at work. */
  | 'RUNNING'
  /** Has stored its state and ended, to go on later. */
  | 'SUSPENDED'
  /** Gives up its machine. */
  | 'STOPPING'
  /** A status that this gateway does not know yet. `rawStatus` has Feldera's word. */
  | 'UNKNOWN';

/** What there is to say about the CPU profile of a pipeline. */
export type SamplyProfileResult = SamplyProfile | SamplyProfileInProgress | SamplyProfileUnavailable;

/** A CPU profile of a Feldera pipeline that can be downloaded: a gzip in the format of the Firefox Profiler, recorded by samply. */
export type SamplyProfile = {
  readonly __typename?: 'SamplyProfile';
  /** `{pipelineName}/{ordinal}`. Feldera keeps one profile for each, so a newer profile has the same id. */
  readonly id: Scalars['ID']['output'];
  /** The pipeline. */
  readonly pipelineName: Scalars['String']['output'];
  /** Which host of a pipeline that runs on several, counted from 0. */
  readonly ordinal: Scalars['Int']['output'];
  /** The size of the gzip, in bytes. Asking for it makes the gateway read the whole profile. */
  readonly size: Scalars['SafeInt']['output'];
  /** The SHA-256 of the gzip, in lower-case hex. Asking for it makes the gateway read the whole profile. */
  readonly sha256: Scalars['String']['output'];
  /** The file name that Feldera proposes. It carries the time of the answer, not of the collection. */
  readonly fileName: Scalars['String']['output'];
  /** When the gateway heard from Feldera that this profile is there. */
  readonly observedAt: Scalars['DateTime']['output'];
  /**
   * Where to download the gzip. The address carries a sealed token and works without further credentials for five
   * minutes: treat it as a secret. Feldera may have replaced the profile by a newer one when it is opened.
   */
  readonly downloadUrl: Scalars['URL']['output'];
  /**
   * Opens the profile in the Firefox Profiler, which fetches it from `downloadUrl` into the browser. Works for five
   * minutes. Opening it tells profiler.firefox.com that link.
   */
  readonly viewerUrl: Scalars['URL']['output'];
  /**
   * Where the pipeline spent its time. It takes all bytes of the profile, once for all who ask with the same credential,
   * until the profile is replaced. Formats from version 41 to 70 are read; a profile that cannot be read is an
   * `UPSTREAM_INVALID_RESPONSE` that names the part and the version, and can still be downloaded.
   */
  readonly analysis?: Maybe<SamplyProfileAnalysis>;
  /**
   * The flame graph as a picture (SVG), for an `<img>`, a wiki or a pull request. No header is needed. It works for five
   * minutes; whoever has it can open it. Behind it may stand `&thread=` (the name of the threads to draw), `&minShare=` and
   * `&inverted=true`, as `SamplyProfileAnalysis.flameGraph` has them.
   */
  readonly flameGraphUrl: Scalars['URL']['output'];
};

/**
 * What the samples of a CPU profile say. The profiler looks at each thread about once in `intervalMs` and notes which
 * functions it is in, the outermost first: a sample. How often a function is in a sample tells how long it took.
 */
export type SamplyProfileAnalysis = {
  readonly __typename?: 'SamplyProfileAnalysis';
  /** What was profiled: the name of the pipeline. */
  readonly product?: Maybe<Scalars['String']['output']>;
  /** When the first sample was taken. Null where the profile does not tell. */
  readonly startTime?: Maybe<Scalars['DateTime']['output']>;
  /** From the first sample of any thread to the last one, in milliseconds. */
  readonly durationMs: Scalars['Float']['output'];
  /** The time between two samples of a thread that was asked for, in milliseconds. */
  readonly intervalMs: Scalars['Float']['output'];
  /**
   * The samples of all threads. It is a sum of weights, and more than the profile has rows, since equal samples in
   * succession are written as one row.
   */
  readonly sampleCount: Scalars['Float']['output'];
  /** The threads, in the order of the profile. Several may have the same name. */
  readonly threads: ReadonlyArray<SamplyThread>;
  /** The functions that cost most, the most expensive first. */
  readonly hotFunctions: ReadonlyArray<HotFunction>;
  /**
   * Which function called which, and how much each call cost: a tree as a flat list, with each node behind its parent, and
   * the heaviest first among those of one parent. It has the 4,000 heaviest nodes at most. One operation can ask for 10,000
   * nodes, hot functions and threads in all.
   */
  readonly flameGraph: ReadonlyArray<FlameGraphNode>;
};


/**
 * What the samples of a CPU profile say. The profiler looks at each thread about once in `intervalMs` and notes which
 * functions it is in, the outermost first: a sample. How often a function is in a sample tells how long it took.
 */
export type SamplyProfileAnalysisHotFunctionsArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
  by?: InputMaybe<HotFunctionOrder>;
  thread?: InputMaybe<Scalars['String']['input']>;
};


/**
 * What the samples of a CPU profile say. The profiler looks at each thread about once in `intervalMs` and notes which
 * functions it is in, the outermost first: a sample. How often a function is in a sample tells how long it took.
 */
export type SamplyProfileAnalysisFlameGraphArgs = {
  thread?: InputMaybe<Scalars['String']['input']>;
  minShare?: InputMaybe<Scalars['Float']['input']>;
  maxDepth?: InputMaybe<Scalars['Int']['input']>;
  inverted?: InputMaybe<Scalars['Boolean']['input']>;
};

/** A thread of a profiled program. */
export type SamplyThread = {
  readonly __typename?: 'SamplyThread';
  /** Its name. The main thread has that of the program. */
  readonly name: Scalars['String']['output'];
  /** The program. */
  readonly processName?: Maybe<Scalars['String']['output']>;
  /** Its samples: a sum of weights. */
  readonly sampleCount: Scalars['Float']['output'];
  /** How long it kept a processor busy, in milliseconds. Null where the profile does not tell, or not as a time. */
  readonly cpuTimeMs?: Maybe<Scalars['Float']['output']>;
};

/** What hot functions are ordered by. */
export type HotFunctionOrder =
  /** The samples that were taken in the function itself. */
  | 'SELF'
  /** The samples that were taken in the function or in what it called. */
  | 'TOTAL';

/**
 * What a function costs. A function is known by its name and its library. Where the profile has no symbols, its name is an
 * address such as `0x2bac`.
 */
export type HotFunction = {
  readonly __typename?: 'HotFunction';
  /** Its name. */
  readonly name: Scalars['String']['output'];
  /** The library or program that it is part of. Null where the profile does not tell. */
  readonly library?: Maybe<Scalars['String']['output']>;
  /** Samples that were taken in the function itself. */
  readonly selfSamples: Scalars['Float']['output'];
  /** Samples that were taken in the function or in what it called. One in which it called itself counts once. */
  readonly totalSamples: Scalars['Float']['output'];
  /** `selfSamples` as a share of all samples of the threads that were looked at, from 0 to 1. */
  readonly selfShare: Scalars['Float']['output'];
  /** `totalSamples` as a share of them. */
  readonly totalShare: Scalars['Float']['output'];
};

/** A box of a flame graph: a function, called in one particular way. */
export type FlameGraphNode = {
  readonly __typename?: 'FlameGraphNode';
  /** The name of the function. */
  readonly name: Scalars['String']['output'];
  /** The library or program that it is part of. Null where the profile does not tell. */
  readonly library?: Maybe<Scalars['String']['output']>;
  /** The level: 0 at a root. */
  readonly depth: Scalars['Int']['output'];
  /** The place of its parent in the list, from 0. Null at a root. */
  readonly parent?: Maybe<Scalars['Int']['output']>;
  /**
   * How many samples lie before it on its level, so that a screen can place it: it reaches from `start` to
   * `start + totalSamples`. The whole width is the samples of the threads that were looked at.
   */
  readonly start: Scalars['Float']['output'];
  /** Samples that are in none of its children: taken in the function itself or, where the graph is inverted, begun with it. */
  readonly selfSamples: Scalars['Float']['output'];
  /** Samples in it and in all its children. */
  readonly totalSamples: Scalars['Float']['output'];
};

/** A CPU profile that is being collected. */
export type SamplyProfileInProgress = {
  readonly __typename?: 'SamplyProfileInProgress';
  /** The pipeline. */
  readonly pipelineName: Scalars['String']['output'];
  /** Which host of a pipeline that runs on several, counted from 0. */
  readonly ordinal: Scalars['Int']['output'];
  /** After how many seconds to look again: at least 1. */
  readonly retryAfter: Scalars['Int']['output'];
};

/** A CPU profile that is not there. */
export type SamplyProfileUnavailable = {
  readonly __typename?: 'SamplyProfileUnavailable';
  /** The pipeline that was asked for. */
  readonly pipelineName: Scalars['String']['output'];
  /** Which host of a pipeline that runs on several, counted from 0. */
  readonly ordinal: Scalars['Int']['output'];
  /** Why there is no profile. */
  readonly reason: SamplyProfileUnavailableReason;
  /** The same in a sentence, with what to do about it. */
  readonly message: Scalars['String']['output'];
};

/** Why there is no CPU profile. */
export type SamplyProfileUnavailableReason =
  /** Feldera knows no pipeline of this name. */
  | 'PIPELINE_NOT_FOUND'
  /** The pipeline does not run. Profiles live in the running pipeline and are gone when it stops. */
  | 'PIPELINE_NOT_RUNNING'
  /** No profile was collected since the pipeline started. `startSamplyProfile` collects one. */
  | 'NOT_COLLECTED'
  /** The last collection failed; `message` has Feldera's words. */
  | 'COLLECTION_FAILED';



export type ResolverTypeWrapper<T> = Promise<T> | T | Error;


export type ResolverWithResolve<TResult, TParent, TContext, TArgs> = {
  resolve: ResolverFn<TResult, TParent, TContext, TArgs>;
};
export type Resolver<TResult, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> = ResolverFn<TResult, TParent, TContext, TArgs> | ResolverWithResolve<TResult, TParent, TContext, TArgs>;

export type ResolverFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => Promise<TResult> | TResult;

export type SubscriptionSubscribeFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => AsyncIterable<TResult> | Promise<AsyncIterable<TResult>>;

export type SubscriptionResolveFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => TResult | Promise<TResult>;

export interface SubscriptionSubscriberObject<TResult, TKey extends string, TParent, TContext, TArgs> {
  subscribe: SubscriptionSubscribeFn<{ [key in TKey]: TResult }, TParent, TContext, TArgs>;
  resolve?: SubscriptionResolveFn<TResult, { [key in TKey]: TResult }, TContext, TArgs>;
}

export interface SubscriptionResolverObject<TResult, TParent, TContext, TArgs> {
  subscribe: SubscriptionSubscribeFn<any, TParent, TContext, TArgs>;
  resolve: SubscriptionResolveFn<TResult, any, TContext, TArgs>;
}

export type SubscriptionObject<TResult, TKey extends string, TParent, TContext, TArgs> =
  | SubscriptionSubscriberObject<TResult, TKey, TParent, TContext, TArgs>
  | SubscriptionResolverObject<TResult, TParent, TContext, TArgs>;

export type SubscriptionResolver<TResult, TKey extends string, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> =
  | ((...args: any[]) => SubscriptionObject<TResult, TKey, TParent, TContext, TArgs>)
  | SubscriptionObject<TResult, TKey, TParent, TContext, TArgs>;

export type TypeResolveFn<TTypes, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>> = (
  parent: TParent,
  context: TContext,
  info: GraphQLResolveInfo
) => Maybe<TTypes> | Promise<Maybe<TTypes>>;

export type IsTypeOfResolverFn<T = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>> = (obj: T, context: TContext, info: GraphQLResolveInfo) => boolean | Promise<boolean>;

export type NextResolverFn<T> = () => Promise<T>;

export type DirectiveResolverFn<TResult = Record<PropertyKey, never>, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> = (
  next: NextResolverFn<TResult>,
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => TResult | Promise<TResult>;



/** Mapping of union types */
export type ResolversUnionTypes<_RefType extends Record<string, unknown>> = {
  SamplyProfileResult:
    | ( SamplyProfileModel )
    | ( SamplyProfileInProgressModel )
    | ( SamplyProfileUnavailableModel )
  ;
};


/** Mapping between all available schema types and the resolvers types */
export type ResolversTypes = {
  DateTime: ResolverTypeWrapper<Scalars['DateTime']['output']>;
  SafeInt: ResolverTypeWrapper<Scalars['SafeInt']['output']>;
  URL: ResolverTypeWrapper<Scalars['URL']['output']>;
  Query: ResolverTypeWrapper<Record<PropertyKey, never>>;
  ID: ResolverTypeWrapper<Scalars['ID']['output']>;
  Int: ResolverTypeWrapper<Scalars['Int']['output']>;
  String: ResolverTypeWrapper<Scalars['String']['output']>;
  Boolean: ResolverTypeWrapper<Scalars['Boolean']['output']>;
  Mutation: ResolverTypeWrapper<Record<PropertyKey, never>>;
  Subscription: ResolverTypeWrapper<Record<PropertyKey, never>>;
  Viewer: ResolverTypeWrapper<ViewerModel>;
  SignInInput: SignInInput;
  SignInPayload: ResolverTypeWrapper<Omit<SignInPayload, 'viewer'> & { viewer: ResolversTypes['Viewer'] }>;
  SignOutPayload: ResolverTypeWrapper<SignOutPayload>;
  StartJobPayload: ResolverTypeWrapper<StartJobPayloadModel>;
  CreateUploadSessionInput: CreateUploadSessionInput;
  CreateUploadSessionPayload: ResolverTypeWrapper<Omit<CreateUploadSessionPayload, 'uploadSession'> & { uploadSession?: Maybe<ResolversTypes['UploadSession']> }>;
  CommitUploadSessionPayload: ResolverTypeWrapper<CommitUploadSessionPayloadModel>;
  AbortUploadSessionPayload: ResolverTypeWrapper<AbortUploadSessionPayload>;
  CreateProfilingSessionInput: CreateProfilingSessionInput;
  CreateProfilingSessionPayload: ResolverTypeWrapper<CreateProfilingSessionPayloadModel>;
  EndProfilingSessionPayload: ResolverTypeWrapper<EndProfilingSessionPayloadModel>;
  DeleteProfilingSessionPayload: ResolverTypeWrapper<DeleteProfilingSessionPayload>;
  StartSamplyProfilePayload: ResolverTypeWrapper<StartSamplyProfilePayloadModel>;
  JobUpdate: ResolverTypeWrapper<JobUpdateModel>;
  Job: ResolverTypeWrapper<JobModel>;
  JobLink: ResolverTypeWrapper<JobLinkModel>;
  JobProgress: ResolverTypeWrapper<JobProgressModel>;
  JobTask: ResolverTypeWrapper<JobTaskModel>;
  JobStatus: JobStatus;
  ActiveJobStatus: ActiveJobStatus;
  CompletedJobStatus: CompletedJobStatus;
  ActiveJobFilter: ActiveJobFilter;
  CompletedJobFilter: CompletedJobFilter;
  JobConnection: ResolverTypeWrapper<JobConnectionModel>;
  JobEdge: ResolverTypeWrapper<Omit<JobEdge, 'node'> & { node: ResolversTypes['Job'] }>;
  JobTaskConnection: ResolverTypeWrapper<JobTaskConnectionModel>;
  JobTaskEdge: ResolverTypeWrapper<Omit<JobTaskEdge, 'node'> & { node: ResolversTypes['JobTask'] }>;
  PageInfo: ResolverTypeWrapper<PageInfo>;
  ProfilingSession: ResolverTypeWrapper<ProfilingSessionModel>;
  ProfilingResultOrder: ProfilingResultOrder;
  ProfilingResultConnection: ResolverTypeWrapper<Omit<ProfilingResultConnection, 'edges' | 'nodes'> & { edges: ReadonlyArray<ResolversTypes['ProfilingResultEdge']>, nodes: ReadonlyArray<ResolversTypes['ProfilingResult']> }>;
  ProfilingResultEdge: ResolverTypeWrapper<Omit<ProfilingResultEdge, 'node'> & { node: ResolversTypes['ProfilingResult'] }>;
  ProfilingResult: ResolverTypeWrapper<ProfilingResultModel>;
  Float: ResolverTypeWrapper<Scalars['Float']['output']>;
  ProfilingResultsSummary: ResolverTypeWrapper<ProfilingResultsSummaryModel>;
  ProfilingHistogramBin: ResolverTypeWrapper<ProfilingHistogramBin>;
  ProfilingTotals: ResolverTypeWrapper<ProfilingTotals>;
  ProfilingPercentiles: ResolverTypeWrapper<ProfilingPercentiles>;
  ProfilingSessionStatus: ProfilingSessionStatus;
  UploadSession: ResolverTypeWrapper<UploadSessionModel>;
  UploadPart: ResolverTypeWrapper<UploadPartModel>;
  UploadPartConnection: ResolverTypeWrapper<Omit<UploadPartConnection, 'edges' | 'nodes'> & { edges: ReadonlyArray<ResolversTypes['UploadPartEdge']>, nodes: ReadonlyArray<ResolversTypes['UploadPart']> }>;
  UploadPartEdge: ResolverTypeWrapper<Omit<UploadPartEdge, 'node'> & { node: ResolversTypes['UploadPart'] }>;
  Pipeline: ResolverTypeWrapper<PipelineModel>;
  PipelineStatus: PipelineStatus;
  SamplyProfileResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['SamplyProfileResult']>;
  SamplyProfile: ResolverTypeWrapper<SamplyProfileModel>;
  SamplyProfileAnalysis: ResolverTypeWrapper<SamplyProfileAnalysisModel>;
  SamplyThread: ResolverTypeWrapper<SamplyThreadModel>;
  HotFunctionOrder: HotFunctionOrder;
  HotFunction: ResolverTypeWrapper<HotFunctionModel>;
  FlameGraphNode: ResolverTypeWrapper<FlameGraphNodeModel>;
  SamplyProfileInProgress: ResolverTypeWrapper<SamplyProfileInProgressModel>;
  SamplyProfileUnavailable: ResolverTypeWrapper<SamplyProfileUnavailableModel>;
  SamplyProfileUnavailableReason: SamplyProfileUnavailableReason;
};

/** Mapping between all available schema types and the resolvers parents */
export type ResolversParentTypes = {
  DateTime: Scalars['DateTime']['output'];
  SafeInt: Scalars['SafeInt']['output'];
  URL: Scalars['URL']['output'];
  Query: Record<PropertyKey, never>;
  ID: Scalars['ID']['output'];
  Int: Scalars['Int']['output'];
  String: Scalars['String']['output'];
  Boolean: Scalars['Boolean']['output'];
  Mutation: Record<PropertyKey, never>;
  Subscription: Record<PropertyKey, never>;
  Viewer: ViewerModel;
  SignInInput: SignInInput;
  SignInPayload: Omit<SignInPayload, 'viewer'> & { viewer: ResolversParentTypes['Viewer'] };
  SignOutPayload: SignOutPayload;
  StartJobPayload: StartJobPayloadModel;
  CreateUploadSessionInput: CreateUploadSessionInput;
  CreateUploadSessionPayload: Omit<CreateUploadSessionPayload, 'uploadSession'> & { uploadSession?: Maybe<ResolversParentTypes['UploadSession']> };
  CommitUploadSessionPayload: CommitUploadSessionPayloadModel;
  AbortUploadSessionPayload: AbortUploadSessionPayload;
  CreateProfilingSessionInput: CreateProfilingSessionInput;
  CreateProfilingSessionPayload: CreateProfilingSessionPayloadModel;
  EndProfilingSessionPayload: EndProfilingSessionPayloadModel;
  DeleteProfilingSessionPayload: DeleteProfilingSessionPayload;
  StartSamplyProfilePayload: StartSamplyProfilePayloadModel;
  JobUpdate: JobUpdateModel;
  Job: JobModel;
  JobLink: JobLinkModel;
  JobProgress: JobProgressModel;
  JobTask: JobTaskModel;
  ActiveJobFilter: ActiveJobFilter;
  CompletedJobFilter: CompletedJobFilter;
  JobConnection: JobConnectionModel;
  JobEdge: Omit<JobEdge, 'node'> & { node: ResolversParentTypes['Job'] };
  JobTaskConnection: JobTaskConnectionModel;
  JobTaskEdge: Omit<JobTaskEdge, 'node'> & { node: ResolversParentTypes['JobTask'] };
  PageInfo: PageInfo;
  ProfilingSession: ProfilingSessionModel;
  ProfilingResultConnection: Omit<ProfilingResultConnection, 'edges' | 'nodes'> & { edges: ReadonlyArray<ResolversParentTypes['ProfilingResultEdge']>, nodes: ReadonlyArray<ResolversParentTypes['ProfilingResult']> };
  ProfilingResultEdge: Omit<ProfilingResultEdge, 'node'> & { node: ResolversParentTypes['ProfilingResult'] };
  ProfilingResult: ProfilingResultModel;
  Float: Scalars['Float']['output'];
  ProfilingResultsSummary: ProfilingResultsSummaryModel;
  ProfilingHistogramBin: ProfilingHistogramBin;
  ProfilingTotals: ProfilingTotals;
  ProfilingPercentiles: ProfilingPercentiles;
  UploadSession: UploadSessionModel;
  UploadPart: UploadPartModel;
  UploadPartConnection: Omit<UploadPartConnection, 'edges' | 'nodes'> & { edges: ReadonlyArray<ResolversParentTypes['UploadPartEdge']>, nodes: ReadonlyArray<ResolversParentTypes['UploadPart']> };
  UploadPartEdge: Omit<UploadPartEdge, 'node'> & { node: ResolversParentTypes['UploadPart'] };
  Pipeline: PipelineModel;
  SamplyProfileResult: ResolversUnionTypes<ResolversParentTypes>['SamplyProfileResult'];
  SamplyProfile: SamplyProfileModel;
  SamplyProfileAnalysis: SamplyProfileAnalysisModel;
  SamplyThread: SamplyThreadModel;
  HotFunction: HotFunctionModel;
  FlameGraphNode: FlameGraphNodeModel;
  SamplyProfileInProgress: SamplyProfileInProgressModel;
  SamplyProfileUnavailable: SamplyProfileUnavailableModel;
};

export interface DateTimeScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['DateTime'], any> {
  name: 'DateTime';
}

export interface SafeIntScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['SafeInt'], any> {
  name: 'SafeInt';
}

export interface UrlScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['URL'], any> {
  name: 'URL';
}

export type QueryResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['Query'] = ResolversParentTypes['Query']> = {
  viewer?: Resolver<Maybe<ResolversTypes['Viewer']>, ParentType, ContextType>;
  job?: Resolver<Maybe<ResolversTypes['Job']>, ParentType, ContextType, RequireFields<QueryJobArgs, 'id'>>;
  jobs?: Resolver<Maybe<ReadonlyArray<Maybe<ResolversTypes['Job']>>>, ParentType, ContextType, RequireFields<QueryJobsArgs, 'ids'>>;
  activeJobs?: Resolver<Maybe<ResolversTypes['JobConnection']>, ParentType, ContextType, RequireFields<QueryActiveJobsArgs, 'first'>>;
  completedJobs?: Resolver<Maybe<ResolversTypes['JobConnection']>, ParentType, ContextType, RequireFields<QueryCompletedJobsArgs, 'first'>>;
  profilingSessions?: Resolver<Maybe<ReadonlyArray<ResolversTypes['ProfilingSession']>>, ParentType, ContextType>;
  profilingSession?: Resolver<Maybe<ResolversTypes['ProfilingSession']>, ParentType, ContextType, RequireFields<QueryProfilingSessionArgs, 'name'>>;
  uploadSessions?: Resolver<Maybe<ReadonlyArray<ResolversTypes['UploadSession']>>, ParentType, ContextType>;
  uploadSession?: Resolver<Maybe<ResolversTypes['UploadSession']>, ParentType, ContextType, RequireFields<QueryUploadSessionArgs, 'id'>>;
  pipelines?: Resolver<Maybe<ReadonlyArray<ResolversTypes['Pipeline']>>, ParentType, ContextType>;
  samplyProfile?: Resolver<Maybe<ResolversTypes['SamplyProfileResult']>, ParentType, ContextType, RequireFields<QuerySamplyProfileArgs, 'pipelineName' | 'ordinal' | 'latest'>>;
};

export type MutationResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['Mutation'] = ResolversParentTypes['Mutation']> = {
  signIn?: Resolver<Maybe<ResolversTypes['SignInPayload']>, ParentType, ContextType, RequireFields<MutationSignInArgs, 'input'>>;
  signOut?: Resolver<Maybe<ResolversTypes['SignOutPayload']>, ParentType, ContextType>;
  startJob?: Resolver<Maybe<ResolversTypes['StartJobPayload']>, ParentType, ContextType, RequireFields<MutationStartJobArgs, 'id'>>;
  createUploadSession?: Resolver<Maybe<ResolversTypes['CreateUploadSessionPayload']>, ParentType, ContextType, RequireFields<MutationCreateUploadSessionArgs, 'input'>>;
  commitUploadSession?: Resolver<Maybe<ResolversTypes['CommitUploadSessionPayload']>, ParentType, ContextType, RequireFields<MutationCommitUploadSessionArgs, 'id'>>;
  abortUploadSession?: Resolver<Maybe<ResolversTypes['AbortUploadSessionPayload']>, ParentType, ContextType, RequireFields<MutationAbortUploadSessionArgs, 'id'>>;
  createProfilingSession?: Resolver<Maybe<ResolversTypes['CreateProfilingSessionPayload']>, ParentType, ContextType, RequireFields<MutationCreateProfilingSessionArgs, 'input'>>;
  endProfilingSession?: Resolver<Maybe<ResolversTypes['EndProfilingSessionPayload']>, ParentType, ContextType, RequireFields<MutationEndProfilingSessionArgs, 'name'>>;
  deleteProfilingSession?: Resolver<Maybe<ResolversTypes['DeleteProfilingSessionPayload']>, ParentType, ContextType, RequireFields<MutationDeleteProfilingSessionArgs, 'name'>>;
  startSamplyProfile?: Resolver<Maybe<ResolversTypes['StartSamplyProfilePayload']>, ParentType, ContextType, RequireFields<MutationStartSamplyProfileArgs, 'pipelineName' | 'durationSecs' | 'ordinal'>>;
};

export type SubscriptionResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['Subscription'] = ResolversParentTypes['Subscription']> = {
  jobUpdated?: SubscriptionResolver<Maybe<ResolversTypes['JobUpdate']>, "jobUpdated", ParentType, ContextType, RequireFields<SubscriptionJobUpdatedArgs, 'id'>>;
  jobsUpdated?: SubscriptionResolver<Maybe<ResolversTypes['JobUpdate']>, "jobsUpdated", ParentType, ContextType, RequireFields<SubscriptionJobsUpdatedArgs, 'ids'>>;
  activeJobsUpdated?: SubscriptionResolver<Maybe<ResolversTypes['JobUpdate']>, "activeJobsUpdated", ParentType, ContextType, Partial<SubscriptionActiveJobsUpdatedArgs>>;
  profilingSessionUpdated?: SubscriptionResolver<Maybe<ResolversTypes['ProfilingSession']>, "profilingSessionUpdated", ParentType, ContextType, RequireFields<SubscriptionProfilingSessionUpdatedArgs, 'name'>>;
  uploadSessionUpdated?: SubscriptionResolver<Maybe<ResolversTypes['UploadSession']>, "uploadSessionUpdated", ParentType, ContextType, RequireFields<SubscriptionUploadSessionUpdatedArgs, 'id'>>;
  samplyProfileUpdated?: SubscriptionResolver<Maybe<ResolversTypes['SamplyProfileResult']>, "samplyProfileUpdated", ParentType, ContextType, RequireFields<SubscriptionSamplyProfileUpdatedArgs, 'pipelineName' | 'ordinal'>>;
};

export type ViewerResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['Viewer'] = ResolversParentTypes['Viewer']> = {
  userId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  vaultId?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  expiresAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
};

export type SignInPayloadResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['SignInPayload'] = ResolversParentTypes['SignInPayload']> = {
  viewer?: Resolver<ResolversTypes['Viewer'], ParentType, ContextType>;
};

export type SignOutPayloadResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['SignOutPayload'] = ResolversParentTypes['SignOutPayload']> = {
  userId?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
};

export type StartJobPayloadResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['StartJobPayload'] = ResolversParentTypes['StartJobPayload']> = {
  job?: Resolver<Maybe<ResolversTypes['Job']>, ParentType, ContextType>;
};

export type CreateUploadSessionPayloadResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['CreateUploadSessionPayload'] = ResolversParentTypes['CreateUploadSessionPayload']> = {
  uploadSession?: Resolver<Maybe<ResolversTypes['UploadSession']>, ParentType, ContextType>;
};

export type CommitUploadSessionPayloadResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['CommitUploadSessionPayload'] = ResolversParentTypes['CommitUploadSessionPayload']> = {
  jobId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  job?: Resolver<Maybe<ResolversTypes['Job']>, ParentType, ContextType>;
};

export type AbortUploadSessionPayloadResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['AbortUploadSessionPayload'] = ResolversParentTypes['AbortUploadSessionPayload']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
};

export type CreateProfilingSessionPayloadResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['CreateProfilingSessionPayload'] = ResolversParentTypes['CreateProfilingSessionPayload']> = {
  profilingSession?: Resolver<Maybe<ResolversTypes['ProfilingSession']>, ParentType, ContextType>;
};

export type EndProfilingSessionPayloadResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['EndProfilingSessionPayload'] = ResolversParentTypes['EndProfilingSessionPayload']> = {
  profilingSession?: Resolver<Maybe<ResolversTypes['ProfilingSession']>, ParentType, ContextType>;
};

export type DeleteProfilingSessionPayloadResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['DeleteProfilingSessionPayload'] = ResolversParentTypes['DeleteProfilingSessionPayload']> = {
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type StartSamplyProfilePayloadResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['StartSamplyProfilePayload'] = ResolversParentTypes['StartSamplyProfilePayload']> = {
  profile?: Resolver<Maybe<ResolversTypes['SamplyProfileResult']>, ParentType, ContextType>;
};

export type JobUpdateResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['JobUpdate'] = ResolversParentTypes['JobUpdate']> = {
  job?: Resolver<ResolversTypes['Job'], ParentType, ContextType>;
  previousStatus?: Resolver<Maybe<ResolversTypes['JobStatus']>, ParentType, ContextType>;
  observedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
};

export type JobResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['Job'] = ResolversParentTypes['Job']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  status?: Resolver<ResolversTypes['JobStatus'], ParentType, ContextType>;
  rawStatus?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  isFinished?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  title?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  method?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  links?: Resolver<Maybe<ReadonlyArray<ResolversTypes['JobLink']>>, ParentType, ContextType>;
  progress?: Resolver<Maybe<ReadonlyArray<ResolversTypes['JobProgress']>>, ParentType, ContextType>;
  createdBy?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  createdDate?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  modifiedBy?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  modifiedDate?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  runStartDate?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  runEndDate?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  observedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  tasks?: Resolver<Maybe<ResolversTypes['JobTaskConnection']>, ParentType, ContextType, RequireFields<JobTasksArgs, 'first'>>;
};

export type JobLinkResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['JobLink'] = ResolversParentTypes['JobLink']> = {
  rel?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  href?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  method?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  accept?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type JobProgressResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['JobProgress'] = ResolversParentTypes['JobProgress']> = {
  status?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  size?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type JobTaskResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['JobTask'] = ResolversParentTypes['JobTask']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  taskId?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  state?: Resolver<ResolversTypes['JobStatus'], ParentType, ContextType>;
  rawState?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  job?: Resolver<Maybe<ResolversTypes['Job']>, ParentType, ContextType>;
};

export type JobConnectionResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['JobConnection'] = ResolversParentTypes['JobConnection']> = {
  edges?: Resolver<ReadonlyArray<ResolversTypes['JobEdge']>, ParentType, ContextType>;
  nodes?: Resolver<ReadonlyArray<ResolversTypes['Job']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type JobEdgeResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['JobEdge'] = ResolversParentTypes['JobEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['Job'], ParentType, ContextType>;
};

export type JobTaskConnectionResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['JobTaskConnection'] = ResolversParentTypes['JobTaskConnection']> = {
  edges?: Resolver<ReadonlyArray<ResolversTypes['JobTaskEdge']>, ParentType, ContextType>;
  nodes?: Resolver<ReadonlyArray<ResolversTypes['JobTask']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type JobTaskEdgeResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['JobTaskEdge'] = ResolversParentTypes['JobTaskEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['JobTask'], ParentType, ContextType>;
};

export type PageInfoResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['PageInfo'] = ResolversParentTypes['PageInfo']> = {
  hasNextPage?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  hasPreviousPage?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  startCursor?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  endCursor?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type ProfilingSessionResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['ProfilingSession'] = ResolversParentTypes['ProfilingSession']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  label?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  description?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  status?: Resolver<ResolversTypes['ProfilingSessionStatus'], ParentType, ContextType>;
  rawStatus?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  userId?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  createdDate?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  expirationDate?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  observedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  resultsUrl?: Resolver<Maybe<ResolversTypes['URL']>, ParentType, ContextType>;
  results?: Resolver<Maybe<ResolversTypes['ProfilingResultConnection']>, ParentType, ContextType, RequireFields<ProfilingSessionResultsArgs, 'first' | 'orderBy'>>;
  resultsSummary?: Resolver<Maybe<ResolversTypes['ProfilingResultsSummary']>, ParentType, ContextType>;
};

export type ProfilingResultConnectionResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['ProfilingResultConnection'] = ResolversParentTypes['ProfilingResultConnection']> = {
  edges?: Resolver<ReadonlyArray<ResolversTypes['ProfilingResultEdge']>, ParentType, ContextType>;
  nodes?: Resolver<ReadonlyArray<ResolversTypes['ProfilingResult']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type ProfilingResultEdgeResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['ProfilingResultEdge'] = ResolversParentTypes['ProfilingResultEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['ProfilingResult'], ParentType, ContextType>;
};

export type ProfilingResultResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['ProfilingResult'] = ResolversParentTypes['ProfilingResult']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  timestamp?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  rawTimestamp?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  userId?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  userName?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  executionId?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  sdkRequestId?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  sdkCount?: Resolver<Maybe<ResolversTypes['SafeInt']>, ParentType, ContextType>;
  cpuTimeNs?: Resolver<Maybe<ResolversTypes['SafeInt']>, ParentType, ContextType>;
  elapsedTimeMs?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  grossMemoryBytes?: Resolver<Maybe<ResolversTypes['SafeInt']>, ParentType, ContextType>;
};

export type ProfilingResultsSummaryResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['ProfilingResultsSummary'] = ResolversParentTypes['ProfilingResultsSummary']> = {
  requestCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  userCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  totals?: Resolver<ResolversTypes['ProfilingTotals'], ParentType, ContextType>;
  cpuTimeNs?: Resolver<Maybe<ResolversTypes['ProfilingPercentiles']>, ParentType, ContextType>;
  elapsedTimeMs?: Resolver<Maybe<ResolversTypes['ProfilingPercentiles']>, ParentType, ContextType>;
  cpuTimeHistogram?: Resolver<ReadonlyArray<ResolversTypes['ProfilingHistogramBin']>, ParentType, ContextType>;
  elapsedTimeHistogram?: Resolver<ReadonlyArray<ResolversTypes['ProfilingHistogramBin']>, ParentType, ContextType>;
  grossMemoryHistogram?: Resolver<ReadonlyArray<ResolversTypes['ProfilingHistogramBin']>, ParentType, ContextType>;
  mostExpensive?: Resolver<ReadonlyArray<ResolversTypes['ProfilingResult']>, ParentType, ContextType>;
};

export type ProfilingHistogramBinResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['ProfilingHistogramBin'] = ResolversParentTypes['ProfilingHistogramBin']> = {
  from?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  to?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  count?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type ProfilingTotalsResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['ProfilingTotals'] = ResolversParentTypes['ProfilingTotals']> = {
  sdkCount?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  cpuTimeNs?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  elapsedTimeMs?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  grossMemoryBytes?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
};

export type ProfilingPercentilesResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['ProfilingPercentiles'] = ResolversParentTypes['ProfilingPercentiles']> = {
  p50?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  p95?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  p99?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
};

export type UploadSessionResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['UploadSession'] = ResolversParentTypes['UploadSession']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  path?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  owner?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  createdDate?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  lastUploadedDate?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  expirationDate?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  uploadedParts?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  size?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  uploaded?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  progress?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  observedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  parts?: Resolver<Maybe<ResolversTypes['UploadPartConnection']>, ParentType, ContextType, RequireFields<UploadSessionPartsArgs, 'first'>>;
};

export type UploadPartResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['UploadPart'] = ResolversParentTypes['UploadPart']> = {
  partNumber?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  size?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  contentMd5?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type UploadPartConnectionResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['UploadPartConnection'] = ResolversParentTypes['UploadPartConnection']> = {
  edges?: Resolver<ReadonlyArray<ResolversTypes['UploadPartEdge']>, ParentType, ContextType>;
  nodes?: Resolver<ReadonlyArray<ResolversTypes['UploadPart']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type UploadPartEdgeResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['UploadPartEdge'] = ResolversParentTypes['UploadPartEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['UploadPart'], ParentType, ContextType>;
};

export type PipelineResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['Pipeline'] = ResolversParentTypes['Pipeline']> = {
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  description?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  status?: Resolver<ResolversTypes['PipelineStatus'], ParentType, ContextType>;
  rawStatus?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  canProfile?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  samplyProfile?: Resolver<Maybe<ResolversTypes['SamplyProfileResult']>, ParentType, ContextType, RequireFields<PipelineSamplyProfileArgs, 'ordinal' | 'latest'>>;
};

export type SamplyProfileResultResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['SamplyProfileResult'] = ResolversParentTypes['SamplyProfileResult']> = {
  __resolveType?: TypeResolveFn<'SamplyProfile' | 'SamplyProfileInProgress' | 'SamplyProfileUnavailable', ParentType, ContextType>;
};

export type SamplyProfileResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['SamplyProfile'] = ResolversParentTypes['SamplyProfile']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  pipelineName?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  ordinal?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  size?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  sha256?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  fileName?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  observedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  downloadUrl?: Resolver<ResolversTypes['URL'], ParentType, ContextType>;
  viewerUrl?: Resolver<ResolversTypes['URL'], ParentType, ContextType>;
  analysis?: Resolver<Maybe<ResolversTypes['SamplyProfileAnalysis']>, ParentType, ContextType>;
  flameGraphUrl?: Resolver<ResolversTypes['URL'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type SamplyProfileAnalysisResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['SamplyProfileAnalysis'] = ResolversParentTypes['SamplyProfileAnalysis']> = {
  product?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  startTime?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  durationMs?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  intervalMs?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  sampleCount?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  threads?: Resolver<ReadonlyArray<ResolversTypes['SamplyThread']>, ParentType, ContextType>;
  hotFunctions?: Resolver<ReadonlyArray<ResolversTypes['HotFunction']>, ParentType, ContextType, RequireFields<SamplyProfileAnalysisHotFunctionsArgs, 'first' | 'by'>>;
  flameGraph?: Resolver<ReadonlyArray<ResolversTypes['FlameGraphNode']>, ParentType, ContextType, RequireFields<SamplyProfileAnalysisFlameGraphArgs, 'minShare' | 'maxDepth' | 'inverted'>>;
};

export type SamplyThreadResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['SamplyThread'] = ResolversParentTypes['SamplyThread']> = {
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  processName?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  sampleCount?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  cpuTimeMs?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
};

export type HotFunctionResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['HotFunction'] = ResolversParentTypes['HotFunction']> = {
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  library?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  selfSamples?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  totalSamples?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  selfShare?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  totalShare?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
};

export type FlameGraphNodeResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['FlameGraphNode'] = ResolversParentTypes['FlameGraphNode']> = {
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  library?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  depth?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  parent?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  start?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  selfSamples?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  totalSamples?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
};

export type SamplyProfileInProgressResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['SamplyProfileInProgress'] = ResolversParentTypes['SamplyProfileInProgress']> = {
  pipelineName?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  ordinal?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  retryAfter?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type SamplyProfileUnavailableResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['SamplyProfileUnavailable'] = ResolversParentTypes['SamplyProfileUnavailable']> = {
  pipelineName?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  ordinal?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  reason?: Resolver<ResolversTypes['SamplyProfileUnavailableReason'], ParentType, ContextType>;
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type Resolvers<ContextType = OperationContext> = {
  DateTime?: GraphQLScalarType;
  SafeInt?: GraphQLScalarType;
  URL?: GraphQLScalarType;
  Query?: QueryResolvers<ContextType>;
  Mutation?: MutationResolvers<ContextType>;
  Subscription?: SubscriptionResolvers<ContextType>;
  Viewer?: ViewerResolvers<ContextType>;
  SignInPayload?: SignInPayloadResolvers<ContextType>;
  SignOutPayload?: SignOutPayloadResolvers<ContextType>;
  StartJobPayload?: StartJobPayloadResolvers<ContextType>;
  CreateUploadSessionPayload?: CreateUploadSessionPayloadResolvers<ContextType>;
  CommitUploadSessionPayload?: CommitUploadSessionPayloadResolvers<ContextType>;
  AbortUploadSessionPayload?: AbortUploadSessionPayloadResolvers<ContextType>;
  CreateProfilingSessionPayload?: CreateProfilingSessionPayloadResolvers<ContextType>;
  EndProfilingSessionPayload?: EndProfilingSessionPayloadResolvers<ContextType>;
  DeleteProfilingSessionPayload?: DeleteProfilingSessionPayloadResolvers<ContextType>;
  StartSamplyProfilePayload?: StartSamplyProfilePayloadResolvers<ContextType>;
  JobUpdate?: JobUpdateResolvers<ContextType>;
  Job?: JobResolvers<ContextType>;
  JobLink?: JobLinkResolvers<ContextType>;
  JobProgress?: JobProgressResolvers<ContextType>;
  JobTask?: JobTaskResolvers<ContextType>;
  JobConnection?: JobConnectionResolvers<ContextType>;
  JobEdge?: JobEdgeResolvers<ContextType>;
  JobTaskConnection?: JobTaskConnectionResolvers<ContextType>;
  JobTaskEdge?: JobTaskEdgeResolvers<ContextType>;
  PageInfo?: PageInfoResolvers<ContextType>;
  ProfilingSession?: ProfilingSessionResolvers<ContextType>;
  ProfilingResultConnection?: ProfilingResultConnectionResolvers<ContextType>;
  ProfilingResultEdge?: ProfilingResultEdgeResolvers<ContextType>;
  ProfilingResult?: ProfilingResultResolvers<ContextType>;
  ProfilingResultsSummary?: ProfilingResultsSummaryResolvers<ContextType>;
  ProfilingHistogramBin?: ProfilingHistogramBinResolvers<ContextType>;
  ProfilingTotals?: ProfilingTotalsResolvers<ContextType>;
  ProfilingPercentiles?: ProfilingPercentilesResolvers<ContextType>;
  UploadSession?: UploadSessionResolvers<ContextType>;
  UploadPart?: UploadPartResolvers<ContextType>;
  UploadPartConnection?: UploadPartConnectionResolvers<ContextType>;
  UploadPartEdge?: UploadPartEdgeResolvers<ContextType>;
  Pipeline?: PipelineResolvers<ContextType>;
  SamplyProfileResult?: SamplyProfileResultResolvers<ContextType>;
  SamplyProfile?: SamplyProfileResolvers<ContextType>;
  SamplyProfileAnalysis?: SamplyProfileAnalysisResolvers<ContextType>;
  SamplyThread?: SamplyThreadResolvers<ContextType>;
  HotFunction?: HotFunctionResolvers<ContextType>;
  FlameGraphNode?: FlameGraphNodeResolvers<ContextType>;
  SamplyProfileInProgress?: SamplyProfileInProgressResolvers<ContextType>;
  SamplyProfileUnavailable?: SamplyProfileUnavailableResolvers<ContextType>;
};

